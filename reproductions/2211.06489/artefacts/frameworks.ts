import { type Diagram, diagrams, type Figure, INK } from "../../../lib/figures/mod.ts";
import { type Artefact, NoResults } from "../../../lib/harness/mod.ts";
import { DIGITS } from "../studies.ts";
import { ink } from "./_ink.ts";

/** Fills of what is plain and of what knows about rotations. */
const PLAIN = "#e6e6e6", SYMMETRIC = "#fbd9b5";

type Place = readonly [x: number, y: number];

const arrow = (from: Place, to: Place) => ({ from, to, colour: INK.rule, arrow: true });
const box = (x: number, y: number, text: string, { width = 0.2, height = 0.24, colour = PLAIN } = {}) => ({
  x,
  y,
  width,
  height,
  text,
  colour,
});
const words = (x: number, y: number, text: string) => ({ x, y, width: 0, height: 0, text });

/** Where a digit's poses stand, and where their arrows start. */
const ROWS = [0.14, 0.38, 0.62];
const DIGIT = 0.11;

/** Draws the four routes for a digit `[4]` in quarter turns and its canonical pose. */
function routes(poses: readonly string[], canonical: string): Diagram[] {
  const column = (x: number, all = poses.slice(0, 3)) =>
    all.map((pose, i) => ({ x, y: ROWS[i], size: DIGIT, tile: ink(pose) }));
  const fan = (to: Place, x = 0.14) => ROWS.map((y) => arrow([x, y], [to[0], to[1] + 0.14 * (y - 0.38)]));
  const remark = (text: string) => words(0.5, 0.91, text);
  return [
    {
      title: "Augmentation: show a plain network every pose",
      tiles: column(0.07),
      boxes: [
        box(0.45, 0.38, "any\nnetwork p"),
        words(0.85, 0.38, "labels that\nnearly agree"),
        remark("one pass · nothing is guaranteed"),
      ],
      links: [...fan([0.33, 0.38]), arrow([0.57, 0.38], [0.71, 0.38])],
    },
    {
      title: "Equivariant architecture: constrain every layer",
      tiles: column(0.07),
      boxes: [
        ...[0.29, 0.445].map((x) => box(x, 0.38, "C₄\nlayer", { width: 0.11, colour: SYMMETRIC })),
        box(0.615, 0.38, "mean\nover C₄", { width: 0.15, colour: SYMMETRIC }),
        words(0.88, 0.38, "labels\nthat agree"),
        remark("one pass, whose cost grows with |G|² · needs its own layers"),
      ],
      links: [
        ...fan([0.22, 0.38]),
        arrow([0.35, 0.38], [0.38, 0.38]),
        arrow([0.505, 0.38], [0.53, 0.38]),
        arrow([0.7, 0.38], [0.77, 0.38]),
      ],
    },
    {
      title: "Averaging: run the network on all poses",
      tiles: [
        { x: 0.07, y: 0.38, size: DIGIT, tile: ink(poses[1]) },
        ...poses.slice(0, 4).map((pose, i) => ({
          x: 0.27,
          y: 0.08 + 0.2 * i,
          size: 0.085,
          tile: ink(pose),
        })),
      ],
      boxes: [
        ...[0, 1, 2, 3].map((i) => box(0.46, 0.08 + 0.2 * i, "any p", { width: 0.14, height: 0.13 })),
        box(0.68, 0.38, "mean", { width: 0.12, colour: SYMMETRIC }),
        words(0.88, 0.38, "labels\nthat agree"),
        remark("|G| passes · any network"),
      ],
      links: [0, 1, 2, 3].flatMap((i) => {
        const y = 0.08 + 0.2 * i;
        return [
          arrow([0.14, 0.38], [0.2, y]),
          arrow([0.33, y], [0.37, y]),
          arrow([0.54, y], [0.6, 0.38 + 0.1 * (y - 0.38)]),
        ];
      }).concat(arrow([0.75, 0.38], [0.78, 0.38])),
    },
    {
      title: "Canonicalization: first turn to one pose (this paper)",
      tiles: [...column(0.07), { x: 0.5, y: 0.38, size: DIGIT, tile: ink(canonical) }],
      boxes: [
        box(0.3, 0.38, "c(x)⁻¹ x,\nlearned", { width: 0.18, colour: SYMMETRIC }),
        box(0.7, 0.38, "any\nnetwork p", { width: 0.19 }),
        words(0.922, 0.38, "labels\nthat agree"),
        remark("one pass and a small canonicalizer c · any network"),
      ],
      links: [
        ...fan([0.2, 0.38]),
        arrow([0.4, 0.38], [0.43, 0.38]),
        arrow([0.56, 0.38], [0.59, 0.38]),
        arrow([0.8, 0.38], [0.815, 0.38]),
      ],
    },
  ];
}

/** What the paper's first figure sorts, drawn anew. */
export const frameworksFigure: Artefact = {
  id: "figure-1",
  kind: "figure",
  location: "Figure 1 (our own drawing of its subject)",
  title: "Four ways to a network that respects rotations",
  caption:
    "A digit in three poses is to get one label. Orange is what knows about rotations, grey what does not. The digit is a test digit; " +
    "its canonical pose is the one that the trained CN(C4)-CNN chose.",
  jobs: (plan) => DIGITS.jobs(plan, ["c4"]),
  render(results): Figure {
    const { orbit } = DIGITS.result(results, "c4");
    if (orbit.length === 0) throw new NoResults("no digits were kept");
    const quarters = [0, 2, 4, 6].map((k) => orbit[k].original);
    return diagrams(routes(quarters, orbit[0].canonical), {
      title: "Four ways to a network that respects rotations",
      subtitle: "Orange knows about rotations, grey does not; G is the group, here the quarter turns",
      columns: 2,
      aspect: 0.52,
      alt:
        "Four diagrams: augmentation, an equivariant architecture, averaging over poses, canonicalization.",
    });
  },
};
