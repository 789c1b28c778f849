import type { Experiment } from "../../../lib/harness/mod.ts";
import { shuffleLabels } from "../../../lib/methods/galaxy_graphs/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { watsonOrder } from "../../../lib/stats/mod.ts";
import { type CatalogueConfig, makeCatalogue } from "./_catalogue.ts";
import { type Alignment, alignmentOf, type Curves, type MeasureConfig, omegas } from "./_statistics.ts";

/** A catalogue whose alignments are compared with what it was made from. */
export type TruthsConfig = { readonly catalogue: CatalogueConfig; readonly measure: MeasureConfig };

/** What the catalogue has, and what the closed forms say. */
export type TruthsResult = {
  readonly galaxies: number;
  readonly satellites: number;
  readonly sampled: Alignment;
  readonly closed: { readonly satellite: number; readonly central: number };
  /** ω(r) of the axes and of shuffled ones. */
  readonly omega: Curves;
};

/** Synthetic catalogues against their closed forms. */
export const truths: Experiment<TruthsConfig, TruthsResult> = {
  id: "truths",
  title: "What is true of the synthetic catalogues",
  module: import.meta.url,
  usesExecutor: false,
  cost: ({ catalogue: { box, number } }) => box ** 3 * number / 1000,
  run({ catalogue: config, measure }, { seed }) {
    const { catalogue, strengths } = makeCatalogue(config, seed);
    const axes = Float64Array.from(
      { length: 3 * catalogue.galaxies },
      (_, i) => catalogue.shapes.axes[9 * Math.floor(i / 3) + i % 3],
    );
    const shuffled = shuffleLabels(stream(seed, "shuffled"), { labels: axes, width: 3 });
    return Promise.resolve({
      galaxies: catalogue.galaxies,
      satellites: catalogue.central.reduce((sum, flag) => sum + 1 - flag, 0),
      sampled: alignmentOf(catalogue, axes),
      closed: {
        satellite: 2 / 3 * watsonOrder(strengths.satellite),
        central: watsonOrder(strengths.central) * watsonOrder(strengths.tidal),
      },
      omega: omegas(catalogue, { sets: { truth: [axes], shuffled: [shuffled] }, pairs: "all", measure }),
    });
  },
};
