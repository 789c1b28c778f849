/** What is exact, or so up to float32. */
import { type Claim, verdict } from "../../../lib/harness/mod.ts";
import { FORMS, PATTERNS } from "../studies/mod.ts";
import { METHOD } from "./_shared.ts";

/**
 * Colours of each lattice's group, worked out independently from generators published with the paper's code.
 */
const COLOURS: Readonly<Record<string, number>> = {
  ptriclinic: 8,
  pmonoclinic: 8,
  cmonoclinic: 6,
  porthorhombic: 8,
  corthorhombic: 6,
  borthorhombic: 5,
  forthorhombic: 5,
  ptetragonal: 6,
  btetragonal: 4,
  prhombohedral: 4,
  phexagonal: 4,
  pcubic: 4,
  bcubic: 3,
  fcubic: 3,
  set: 2,
};

/** Identities hold up to this, relative to the largest output; float32 carries about 1e-7. */
const IDENTITY = 1e-5;
/** Renaming cells changes the order of sums, and a small output may be the difference of large ones. */
const RENAMED = 1e-4;
/** What breaks an identity must exceed this. */
const BROKEN = 1e-3;

const ANY_WEIGHTS = "An identity: holds for any weights.";

/** Identities, exact or up to float32. */
export const identityClaims: readonly Claim[] = [
  {
    id: "patterns",
    location: METHOD,
    statement:
      "Linear maps that commute with a lattice's group share weights over its orbits of pairs of cells.",
    safeguards: "An identity: patterns and their colours, counted in integers.",
    test:
      "Exact: every pattern commutes with every generator; it has as many colours as Burnside's lemma counts orbits, and " +
      "as the generators of the released code give; colours multiply as an association scheme. All fifteen groups.",
    jobs: (plan) => PATTERNS.jobs(plan),
    evaluate(results) {
      const rows = PATTERNS.result(results, "all");
      const broken = rows.reduce((sum, row) => sum + row.broken, 0);
      const unclosed = rows.reduce((sum, row) => sum + row.unclosed, 0);
      const counted = rows.filter(({ group, colours, burnside }) =>
        colours === burnside && colours === COLOURS[group]
      );
      return verdict({
        supported: broken === 0 && unclosed === 0 && counted.length === Object.keys(COLOURS).length,
        numbers: { groups: rows.length, broken, unclosed, counted: counted.length },
        because:
          `${broken} pairs of cells change their colour under a generator; ${counted.length} of ${rows.length} groups ` +
          `have the number of colours of both counts; ${unclosed} products of colours do not close.`,
      });
    },
  },
  {
    id: "contains-message-passing",
    location: METHOD,
    statement: "Message passing is the case of the symmetric group, and every lattice's network contains it.",
    safeguards: ANY_WEIGHTS,
    test:
      `With the colours' weights tied to two, outputs equal those of the symmetric group within ${IDENTITY} of the ` +
      `largest; with weights of their own they differ by more than ${BROKEN}.`,
    jobs: (plan) => FORMS.jobs(plan),
    evaluate(results) {
      const rows = FORMS.result(results, "all").filter(({ group }) => group !== "set");
      const tied = Math.max(...rows.map((row) => row.tied));
      const untied = Math.min(...rows.map((row) => row.untied));
      return verdict({
        supported: tied <= IDENTITY && untied > BROKEN,
        numbers: { groups: rows.length, tied, untied },
        because: `tied: at most ${tied.toExponential(1)}; not tied: at least ${untied.toExponential(1)}.`,
      });
    },
  },
  {
    id: "invariant",
    location: METHOD,
    statement:
      "Renaming the cells by the group does not change the output; one-hot codes of cells break this on purpose.",
    safeguards: ANY_WEIGHTS,
    test:
      `Without one-hot codes the output changes by at most ${RENAMED} of itself under every generator of the group, and ` +
      `by more than ${BROKEN} under another group's; with one-hot codes fcubic's generators change it by more than ` +
      `${BROKEN} on a simple cubic crystal, and pcubic's, which are symmetries of it, do not.`,
    jobs: (plan) => FORMS.jobs(plan),
    evaluate(results) {
      const rows = FORMS.result(results, "all");
      const inside = Math.max(...rows.map(({ renamed }) => renamed));
      const outside = Math.min(...rows.map(({ renamedOutside }) => renamedOutside ?? Infinity));
      const oneHot = (name: string) => rows.find(({ group }) => group === name)!.renamedOneHot;
      const [fcubic, pcubic] = [oneHot("fcubic"), oneHot("pcubic")];
      return verdict({
        supported: inside <= RENAMED && outside > BROKEN && fcubic > BROKEN && pcubic <= RENAMED,
        numbers: { inside, outside, fcubic, pcubic },
        because:
          `by the group: at most ${inside.toExponential(1)}; by another: at least ${
            outside.toExponential(1)
          }; with ` +
          `one-hot codes fcubic ${fcubic.toExponential(1)}, pcubic ${pcubic.toExponential(1)}.`,
      });
    },
  },
  {
    id: "cheaper-forms",
    location: "addition",
    statement:
      "The network can be computed without lifting to eight cells, and without the supercell, to the same result.",
    safeguards: ANY_WEIGHTS,
    test:
      `Sums by intersection numbers against the lift to eight cells, and the primitive cell against the 2 × 2 × 2 ` +
      `supercell: outputs within ${IDENTITY} of the largest.`,
    jobs: (plan) => FORMS.jobs(plan),
    evaluate(results) {
      const rows = FORMS.result(results, "all");
      const grouped = Math.max(...rows.map(({ groupedDense }) => groupedDense));
      const primitive = Math.max(...rows.map(({ primitiveSupercell }) => primitiveSupercell));
      return verdict({
        supported: grouped <= IDENTITY && primitive <= IDENTITY,
        numbers: { groups: rows.length, grouped, primitive },
        because: `at most ${grouped.toExponential(1)} and ${primitive.toExponential(1)}.`,
      });
    },
  },
];
