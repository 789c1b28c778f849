import paper from "../../../reproductions/2310.02505/mod.ts";
import { testPaper } from "@refigure/refigure/testing";

// Decision Diffuser returns less than half of its data on Reacher.
testPaper(paper, { notLearned: ["better-than-decision-diffuser"] });
