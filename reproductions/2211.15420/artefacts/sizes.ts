import { type Figure, lineChart, type Table } from "../../../lib/figures/mod.ts";
import { type Artefact, type Curve, meanCurve, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { type LatticeRole, LATTICES, LATTICES_TRIVIAL, SIZE_NETWORKS, SIZES } from "../studies/mod.ts";
import { KIND_COLOURS } from "./_colours.ts";

/** Test errors of one network over the size of the training set, one curve per seed. */
export function sizeCurves(results: Results, network: typeof SIZE_NETWORKS[number]): Curve[] {
  const groups = SIZES.finished(results).filter((group) => group.network === network)
    .toSorted((a, b) => a.train - b.train);
  const seeds = new Set(groups.flatMap(({ runs }) => runs.map(({ seed }) => seed)));
  return [...seeds].sort((a, b) => a - b).map((seed) => {
    const points = groups.flatMap(({ train, runs }) =>
      runs.filter((run) => run.seed === seed).map(({ result }) => ({ train, test: result.test }))
    );
    return { x: points.map(({ train }) => train), y: points.map(({ test }) => test) };
  });
}

/** Slope of log y over log x, by least squares. */
export function logSlope({ x, y }: Curve): number {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const [centre, level] = [mean(u), mean(v)];
  return u.reduce((sum, value, i) => sum + (value - centre) * (v[i] - level), 0) /
    u.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

const sizes: Artefact = {
  id: "figure-sizes",
  kind: "figure",
  location: "figure of error over training size (existence inferred; here perovskites)",
  title: "Error over the number of training crystals",
  caption:
    "heat_all of perovskites with 12.5 to 100 % of the training crystals and the same number of updates at every size; " +
    "the slope is that of the logarithms.",
  jobs: (plan) => SIZES.jobs(plan),
  render(results): Figure {
    const series = SIZE_NETWORKS.flatMap((network) => {
      const curves = sizeCurves(results, network);
      if (curves.length === 0) return [];
      const slope = mean(curves.map(logSlope));
      return [meanCurve(curves, {
        name: `${network}, slope ${slope.toFixed(2).replace("-", "−")}`,
        colour: KIND_COLOURS[network === "CGCNN" ? "baseline" : "ECN"],
        points: true,
        log: true,
      })];
    });
    if (series.length === 0) throw new NoResults("no size is finished");
    return lineChart(series, {
      title: "Error over the number of training crystals",
      subtitle: "heat_all of perovskites; geometric mean and standard deviation over seeds",
      x: { title: "training crystals", log: true },
      y: { title: "test MAE (eV per atom)", log: true },
      alt: "Test errors fall with the number of training crystals.",
    });
  },
};

/** Test errors of a lattice with its own group and with the symmetric group. */
export interface LatticeErrors {
  readonly lattice: string;
  readonly train: number;
  readonly own: number;
  readonly set: number;
  /** Of the mean of the training crystals, `null` where that was not run. */
  readonly mean: number | null;
}

/** What is finished of both, by lattice and size. */
export function latticeErrors(results: Results): LatticeErrors[] {
  const errors = new Map<string, number>();
  const key = (lattice: string, role: LatticeRole, train: number) => `${lattice} ${role} ${train}`;
  const groups = LATTICES.groups(results);
  for (const { lattice, role, train, runs } of groups) {
    errors.set(key(lattice, role, train), mean(runs.map(({ result }) => result.test)));
  }
  const trivial = LATTICES_TRIVIAL.finished(results);
  return groups.filter(({ role }) => role === "own").flatMap(({ lattice, train }) => {
    const [own, set] = (["own", "set"] as const).map((role) => errors.get(key(lattice, role, train)));
    if (own === undefined || set === undefined) return [];
    const without = trivial.find((group) => group.lattice === lattice && group.train === train);
    return [{
      lattice,
      train,
      own,
      set,
      mean: without === undefined ? null : mean(without.runs.map(({ result }) => result.mean)),
    }];
  });
}

const lattices: Artefact = {
  id: "table-lattices",
  kind: "table",
  location: "addition",
  title: "Energies of decorated lattices: each lattice with its own group",
  caption:
    "Test MAE on generated crystals whose symmetry and energy are known exactly; the networks of a row have about the same " +
    "number of parameters.",
  jobs: (plan) => [...LATTICES.jobs(plan), ...LATTICES_TRIVIAL.jobs(plan)],
  render(results): Table {
    const rows = latticeErrors(results);
    if (rows.length === 0) throw new NoResults("no lattice has both networks");
    return {
      kind: "table",
      columns: [
        { key: "lattice", title: "Lattice" },
        { key: "train", title: "Training crystals", digits: 0 },
        { key: "mean", title: "Mean predictor (eV per atom)", digits: 3 },
        { key: "own", title: "Own group (eV per atom)", digits: 3 },
        { key: "set", title: "Set (eV per atom)", digits: 3 },
        { key: "ratio", title: "Own group / set", digits: 2 },
      ],
      rows: rows.map((row) => ({ ...row, ratio: row.own / row.set })),
      notes: ["One seed for each lattice: the lattices are the units of the comparison."],
    };
  },
};

export const sizeArtefacts: readonly Artefact[] = [sizes, lattices];
