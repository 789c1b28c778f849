/** Arms that MuJoCo simulates. */
import { type Seeds, study, type Variant } from "../../../lib/harness/mod.ts";
import { type ArmConfig, arms } from "../experiments/arms.ts";
import {
  type Arm,
  ARMS,
  BEHAVIOURS,
  type Cell,
  FRESH,
  parts,
  RATES,
  TEST_HORIZONS,
  tunedHorizon,
  tunedRatio,
} from "./cells.ts";

/** Recorded episodes and updates on an arm. */
type ArmSizes = Pick<ArmConfig, "recorded" | "steps" | "testHorizons">;
interface ArmVariant extends Variant<ArmConfig> {
  readonly cell: Cell<Arm>;
}

function armStudy(
  sizes: Partial<Record<Cell<Arm>, ArmSizes>>,
  { seeds, ...training }: Pick<ArmConfig, "batchSize" | "hidden" | "episodes"> & { readonly seeds: Seeds },
): Partial<Record<Cell<Arm>, ArmVariant>> {
  return Object.fromEntries(
    Object.entries(sizes).map(([name, { testHorizons, ...own }]) => {
      const cell = name as Cell<Arm>, [task, behaviour] = parts(cell);
      return [cell, {
        label: cell,
        cell,
        config: {
          ...{ task: task as Arm, behaviour, ...own, ...training },
          ratio: tunedRatio(cell),
          learningRates: { Merlin: RATES.Merlin, GCSL: RATES.GCSL },
          testHorizons: [...new Set([tunedHorizon(cell), ...testHorizons])],
        },
        seeds,
      }];
    }),
  );
}

const FETCH_REACH: ArmSizes = { recorded: 100, steps: 2500, testHorizons: [1, 20, 50] };
const FETCH_BLOCK: ArmSizes = { recorded: 300, steps: 6000, testHorizons: [1, 20, 50] };
const SAWYER: ArmSizes = { recorded: 60, steps: 2500, testHorizons: [1, 20] };
const PAPER_ARM: ArmSizes = { recorded: 2000, steps: 500_000, testHorizons: TEST_HORIZONS };

/** Arms, with Merlin and GCSL. */
export const ARM_RUNS = study(arms, {
  smoke: {},
  laptop: armStudy({
    "FetchReach expert": FETCH_REACH,
    "FetchReach random": FETCH_REACH,
    "FetchPush expert": FETCH_BLOCK,
    "FetchPush random": FETCH_BLOCK,
    "FetchPick expert": FETCH_BLOCK,
    "SawyerReach expert": SAWYER,
    "SawyerReach random": SAWYER,
    "SawyerDoor expert": SAWYER,
    "SawyerDoor random": SAWYER,
  }, { batchSize: 256, hidden: [128, 128, 128], episodes: 20, seeds: FRESH.slice(0, 1) }),
  paper: armStudy(
    Object.fromEntries(
      ARMS.flatMap((arm) =>
        BEHAVIOURS.map((behaviour) => [`${arm} ${behaviour}`, {
          ...PAPER_ARM,
          recorded: arm === "FetchPush" || arm === "FetchPick" ? 40_000 : 2000,
        }])
      ),
    ),
    { batchSize: 512, hidden: [256, 256, 256], episodes: 100, seeds: 10 },
  ),
});
