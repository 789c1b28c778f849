/** What the claims on networks on the torus share. */
import { higher, type NameOf, type Safeguards } from "../../../lib/harness/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { TORUS } from "../studies.ts";

/** Numbers of seeds at which results are looked at: the laptop profile has five of most networks. */
export const LOOKS = [5, 10, 15, 20];
/** Of those that it has three of: they take longer, or what they are compared for is plain to see. */
export const FEW_LOOKS = [3, 5, 10, 15, 20];
/** On accuracies half a point is the least that matters. */
export const POINTS = 0.5;
export const MORE_ACCURATE = higher({ looks: LOOKS, matters: POINTS });
/** The same of two layers. */
export const MORE_ACCURATE_DEEP = higher({ looks: FEW_LOOKS, matters: POINTS });
/** What claims on accuracies must survive. */
export const guarded = (controls: Safeguards["controls"], kind?: string): Safeguards => ({
  bar: "None in the test: every network classifies 69 % or more of the test images (guessing: 11 %).",
  controls,
  smallest: `${POINTS} points of accuracy`,
  ...(kind !== undefined && { kind }),
});
export const ACCURACY = "Test accuracy in percent";

export const accuracyOf = (name: NameOf<typeof TORUS>) =>
  TORUS.sample(name, ({ accuracy }: TorusResult) => accuracy);
