import { type Seeds, study } from "../../../lib/harness/mod.ts";
import { property } from "../experiments/property.ts";
import { ecn, networkOf } from "./networks.ts";
import { PEROVSKITE_SCALES, type PerovskiteScale } from "./perovskites.ts";

/** Names of the networks whose errors are followed over the size of the training set. */
export const SIZE_NETWORKS = ["ECN, pcubic", "CGCNN"] as const;

/** The same number of updates at every size. */
function sizeNetworks(
  { task, training, sizes, cgcnnRate }: PerovskiteScale,
  { trains, updates, seeds }: {
    readonly trains: readonly number[];
    readonly updates: number;
    readonly seeds: Seeds;
  },
) {
  return Object.fromEntries(trains.flatMap((train) => {
    const epochs = Math.round(updates / Math.floor(train / training.batchSize));
    const network = networkOf({ task: { ...task, train }, training: { ...training, epochs } });
    const own = network("ECN, pcubic", "ECN", ecn("pcubic", sizes), { seeds });
    const other = network("CGCNN", "baseline", { kind: "cgcnn", ...sizes }, {
      seeds,
      learningRate: cgcnnRate,
    });
    return [
      [`ECN, ${train}`, { ...own, network: SIZE_NETWORKS[0], train }] as const,
      [`CGCNN, ${train}`, { ...other, network: SIZE_NETWORKS[1], train }] as const,
    ];
  }));
}

/** heat_all by the number of training crystals. */
export const SIZES = study(property, {
  // With all crystals as many updates as the networks of the table, and so the same jobs.
  smoke: sizeNetworks(PEROVSKITE_SCALES.smoke, { trains: [32, 64], updates: 2 * 4, seeds: 1 }),
  laptop: sizeNetworks(PEROVSKITE_SCALES.laptop, {
    trains: [190, 375, 750, 1500],
    updates: 24 * 23,
    seeds: [3, 4, 5],
  }),
  paper: sizeNetworks(PEROVSKITE_SCALES.paper, { trains: [375, 750, 1500, 3000], updates: 8000, seeds: 3 }),
});
