import paper from "../../../reproductions/2212.05596/mod.ts";
import { testPaper } from "../_paper.ts";

testPaper(paper);
