import paper from "../../../reproductions/2310.02505/mod.ts";
import { testPaper } from "@refigure/refigure/testing";

testPaper(paper);
