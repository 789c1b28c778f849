import paper from "../../../reproductions/2211.06489/mod.ts";
import { testPaper } from "../_paper.ts";

// Results of the laptop profile are not committed yet: see "What is open" in the paper's README.
testPaper(paper, { accepted: ["smoke"] });
