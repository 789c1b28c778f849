import paper from "../../../reproductions/2306.11941/mod.ts";
import { testPaper } from "@refigure/refigure/testing";

testPaper(paper, {
  notLearned: [
    "states-better-than-transformer",
    "rewards-better-than-transformer",
    "states-as-good-as-gru",
  ],
});
