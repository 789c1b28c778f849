import paper from "../../../reproductions/2311.04293/mod.ts";
import { testPaper } from "../_paper.ts";

// The laptop results are to be made anew, under the rules of claims.ts.
testPaper(paper, { accepted: ["smoke"] });
