import { barChart, type Figure, PALETTE } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { cifarJobs } from "../jobs.ts";
import { cifarRuns, namesOf, runsOf, spread } from "../summaries.ts";

const [BLUE, VERMILLION, GREEN] = PALETTE;

function render(results: Results): Figure {
  const runs = cifarRuns(results);
  if (runs.length === 0) throw new NoResults("no network was trained");
  const bars = namesOf(runs).map((name) => {
    const { value, std } = spread(runsOf(runs, name).map(({ result }) => result.testAccuracy));
    const group = name === "convolution" ? "convolution" : name.includes("R") ? "weight sharing" : "baseline";
    return { label: name, value, error: std ?? null, group };
  });
  return barChart(bars, {
    title: "Test accuracy on photographs",
    subtitle: "Mean and standard deviation over seeds",
    value: { title: "test accuracy (%)" },
    colours: { "convolution": GREEN, "weight sharing": VERMILLION, "baseline": BLUE },
    alt: "Bars of the test accuracy of six networks.",
  });
}

/** Accuracy on CIFAR-10. */
export const cifarFigure: Artefact = {
  id: "cifar-accuracy",
  kind: "figure",
  location: "Experiments on CIFAR-10 (existence inferred)",
  title: "Accuracy on CIFAR-10",
  caption:
    "Test accuracy of the fully connected network with its regularisers and of the convolutional one; on a laptop with 4000 " +
    "images of 16 × 16 pixels and narrow networks.",
  jobs: (plan) => cifarJobs(plan),
  render,
};
