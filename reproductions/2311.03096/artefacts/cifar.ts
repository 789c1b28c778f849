import { type Artefact, metricBars } from "../../../lib/harness/mod.ts";
import { CIFAR } from "../studies.ts";
import { KIND_COLOURS } from "./_colours.ts";

/** Accuracy on CIFAR-10. */
export const cifarFigure: Artefact = metricBars({
  id: "cifar-accuracy",
  location: "Experiments on CIFAR-10 (existence inferred)",
  title: "Accuracy on CIFAR-10",
  caption:
    "Test accuracy of the fully connected network with its regularisers and of the convolutional one; on a laptop with 4000 " +
    "images of 16 × 16 pixels and narrow networks.",
  of: CIFAR,
  value: ({ testAccuracy }) => testAccuracy,
  axis: { title: "test accuracy (%)" },
  group: ({ kind }) => kind,
  colours: KIND_COLOURS,
  heading: "Test accuracy on photographs",
  alt: "Bars of the test accuracy of six networks.",
});
