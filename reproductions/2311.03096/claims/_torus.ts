/** What the claims on networks on the torus share. */
import { higher, type NameOf } from "../../../lib/harness/mod.ts";
import type { TorusResult } from "../experiments/torus.ts";
import { TORUS } from "../studies.ts";

/** Numbers of seeds at which results are looked at: the laptop profile has five of most networks. */
export const LOOKS = [5, 10, 15, 20];
/** Of those that it has three of: they take longer, or what they are compared for is plain to see. */
export const FEW_LOOKS = [3, 5, 10, 15, 20];
/** On accuracies half a point is the least that matters. */
export const MORE_ACCURATE = higher({ looks: LOOKS, matters: 0.5 });
/** The same of two layers. */
export const MORE_ACCURATE_DEEP = higher({ looks: FEW_LOOKS, matters: 0.5 });
export const ACCURACY = "Test accuracy in percent";

export const accuracyOf = (name: NameOf<typeof TORUS>) =>
  TORUS.sample(name, ({ accuracy }: TorusResult) => accuracy);
