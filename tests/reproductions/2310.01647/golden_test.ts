import paper from "../../../reproductions/2310.01647/mod.ts";
import { testPaper } from "../_paper.ts";

testPaper(paper, { accepted: ["smoke"] });
