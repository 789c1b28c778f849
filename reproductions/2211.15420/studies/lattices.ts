import { BRAVAIS_LATTICES, type BravaisName } from "../../../lib/crystals/mod.ts";
import { type Seeds, study } from "../../../lib/harness/mod.ts";
import { property } from "../experiments/property.ts";
import { trivial } from "../experiments/trivial.ts";
import { ecn, equalBudget, LARGE, MEDIUM, networkOf, SMALL, type Task, trivialOn } from "./networks.ts";

/** What the networks on decorated lattices differ in. */
export type LatticeRole = "own" | "set";

interface LatticeScale extends Pick<Task, "training" | "sizes"> {
  readonly lattices: readonly BravaisName[];
  readonly trains: readonly number[];
  readonly updates: number;
  readonly valid: number;
  readonly test: number;
  readonly seeds: Seeds;
}

const ALL = BRAVAIS_LATTICES.map(({ name }) => name);

const SCALES: Readonly<Record<"smoke" | "laptop" | "paper", LatticeScale>> = {
  smoke: {
    ...SMALL,
    lattices: ["ptriclinic", "fcubic"],
    trains: [16],
    updates: 6,
    valid: 8,
    test: 16,
    seeds: 1,
  },
  laptop: {
    training: { ...MEDIUM.training, batchSize: 16 },
    sizes: { site: 20, bond: 12, head: 20, layers: 2 },
    lattices: ALL,
    trains: [256],
    updates: 480,
    valid: 64,
    test: 200,
    // Seed 0 was looked at with too small a training.
    seeds: [3],
  },
  paper: { ...LARGE, lattices: ALL, trains: [256, 1024], updates: 4000, valid: 64, test: 512, seeds: 3 },
};

function taskOf(lattice: BravaisName, { train, valid, test }: Record<"train" | "valid" | "test", number>) {
  return {
    set: `decorated/${lattice}`,
    property: "energy",
    rule: { covalent: 1 },
    train,
    valid,
    test,
  } as const;
}

function latticeNetworks({ lattices, trains, updates, seeds, valid, test, ...scale }: LatticeScale) {
  const roles: readonly LatticeRole[] = ["own", "set"];
  return Object.fromEntries(
    lattices.flatMap((lattice) =>
      trains.flatMap((train) =>
        roles.map((role) => {
          const { training, sizes } = scale;
          const epochs = Math.round(updates / Math.floor(train / training.batchSize));
          const network = networkOf({
            task: taskOf(lattice, { train, valid, test }),
            training: { ...training, epochs },
          });
          const variant = role === "own"
            ? network(`ECN, ${lattice}`, "ECN", equalBudget(lattice, sizes), { seeds })
            : network("ECN, set", "control", ecn("set", sizes), { seeds });
          return [`${lattice} ${role} ${train}`, { ...variant, lattice, role, train }] as const;
        })
      )
    ),
  );
}

function latticeTrivial({ lattices, trains, seeds, valid, test }: LatticeScale) {
  return Object.fromEntries(
    lattices.flatMap((lattice) =>
      trains.map((train) => {
        const { all } = trivialOn({ task: taskOf(lattice, { train, valid, test }) }, { seeds });
        return [`${lattice} ${train}`, { ...all, lattice, train }] as const;
      })
    ),
  );
}

/** Energies of decorated lattices: each lattice with its own group and with the symmetric group. */
export const LATTICES = study(property, {
  smoke: latticeNetworks(SCALES.smoke),
  laptop: latticeNetworks(SCALES.laptop),
  paper: latticeNetworks(SCALES.paper),
});

/** Predictors without a network for them. */
export const LATTICES_TRIVIAL = study(trivial, {
  smoke: latticeTrivial(SCALES.smoke),
  laptop: latticeTrivial(SCALES.laptop),
  paper: latticeTrivial(SCALES.paper),
});
