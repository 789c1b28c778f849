import paper from "../../../reproductions/2311.04293/mod.ts";
import { testPaper } from "../_paper.ts";

testPaper(paper);
