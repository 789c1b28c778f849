import { everyProfile, study } from "../../../lib/harness/mod.ts";
import { CELL_GROUP_NAMES, type CellGroupName } from "../../../lib/methods/crystal_symmetry/mod.ts";
import { forms } from "../experiments/forms.ts";
import { patterns } from "../experiments/patterns.ts";

/** The fifteen groups and their colours. */
export const PATTERNS = study(patterns, everyProfile({ all: { config: null, seeds: { only: 0 } } }));

function formsOf(groups: readonly CellGroupName[]) {
  return { all: { config: { site: 8, layers: 2, groups }, seeds: { only: 2 } } };
}

/** Forms of the network against each other. */
export const FORMS = study(forms, {
  smoke: formsOf(["set", "pcubic", "fcubic"]),
  laptop: formsOf(CELL_GROUP_NAMES),
  paper: formsOf(CELL_GROUP_NAMES),
});
