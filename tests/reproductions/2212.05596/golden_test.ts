import paper from "../../../reproductions/2212.05596/mod.ts";
import { testPaper } from "@refigure/refigure/testing";

testPaper(paper);
