import { type Figure, INK, lineChart, type LineSeries, mosaic, PALETTE } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults, type Results } from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import { TEACHER_REGRESSION } from "../studies.ts";

const [BLUE, VERMILION, GREEN] = PALETTE;

/** Regressions on the teacher with the same λ. */
export type TeacherGroup = ReturnType<typeof TEACHER_REGRESSION.groups>[number];

const retrainedError = ({ runs }: TeacherGroup) => mean(runs.map(({ result }) => result.retrainedError));

/** The group whose retrained error is the least on average, among those with a penalty. */
function bestTeacher(groups: readonly TeacherGroup[]): TeacherGroup | undefined {
  return groups.filter(({ config }) => config.sharing > 0)
    .toSorted((a, b) => retrainedError(a) - retrainedError(b))[0];
}

function matricesFigure(results: Results): Figure {
  const groups = TEACHER_REGRESSION.groups(results);
  const matrices = (group: TeacherGroup | undefined) => group?.runs.find(({ seed }) => seed === 0)?.result;
  const [plain, best] = [matrices(groups[0]), bestTeacher(groups)];
  const shared = matrices(best);
  if (!plain?.matrices || !shared?.matrices || !best) throw new NoResults("no matrix");
  const tile = (title: string, values: readonly number[]) => ({
    title,
    tiles: [{ rows: plain.inputs, columns: plain.inputs, values, domain: [-1.2, 1.2] as const }],
  });
  return mosaic([
    tile("truth: a cyclic convolution", plain.matrices.truth),
    tile(`no penalty: ${plain.distinct} values`, plain.matrices.learned),
    tile(`λ = ${best.config.sharing}: ${shared.distinct} values`, shared.matrices.learned),
    tile("the same pattern, retrained", shared.matrices.retrained),
  ], {
    title: "A fully connected layer finds the zeros of a convolution",
    subtitle: "Weights of 16 inputs (down) and 16 outputs (across), learned from 24 noisy samples",
    colours: "diverging",
    alt: "Four matrices: the true circulant one, a noisy one, a shrunk one, and one close to the truth.",
  });
}

function errorsFigure(results: Results): Figure {
  const groups = TEACHER_REGRESSION.groups(results);
  const shared = groups.filter(({ config }) => config.sharing > 0);
  const [none] = groups.filter(({ config }) => config.sharing === 0);
  if (shared.length === 0) throw new NoResults("no penalty was used");
  const x = shared.map(({ config }) => config.sharing);
  const line = (name: string, key: "error" | "retrainedError", colour: string): LineSeries => ({
    name,
    colour,
    x,
    y: shared.map(({ runs }) => mean(runs.map(({ result }) => result[key]))),
    points: true,
  });
  const flat = (name: string, y: number): LineSeries => ({
    name,
    x,
    y: x.map(() => y),
    dashed: true,
    colour: INK.muted,
  });
  return lineChart([
    line("with the penalty", "error", VERMILION),
    line("pattern retrained", "retrainedError", GREEN),
    ...(none
      ? [{ ...flat("no penalty", mean(none.runs.map(({ result }) => result.error))), colour: BLUE }]
      : []),
    flat("noise", mean(shared[0].runs.map(({ result }) => result.noise))),
  ], {
    title: "The penalty's pattern is worth more than its weights",
    subtitle:
      "Validation error on the cyclic teacher; mean over seeds. The penalty shrinks weights; retraining undoes that",
    x: { title: "penalty λ", log: true },
    y: { title: "mean squared error", log: true },
    alt:
      "The error with the penalty grows with λ; that of its retrained pattern falls below the error without.",
  });
}

/** Figures of the linear regressions. */
export const regressionFigures: readonly Artefact[] = [
  {
    id: "teacher-matrices",
    kind: "figure",
    location: "addition",
    title: "Cyclic teacher, weights",
    caption: "A sharper test than the paper's: can a fully connected layer find a cyclic convolution?",
    jobs: (plan) => TEACHER_REGRESSION.jobs(plan),
    render: matricesFigure,
  },
  {
    id: "teacher-errors",
    kind: "figure",
    location: "addition",
    title: "Cyclic teacher, errors",
    caption: "Validation error against the strength of the penalty, before and after retraining the pattern.",
    jobs: (plan) => TEACHER_REGRESSION.jobs(plan),
    render: errorsFigure,
  },
];
