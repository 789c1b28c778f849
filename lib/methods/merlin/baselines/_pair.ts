import { averageParameters, type Learner, type LearnerState } from "../../../nn/mod.ts";
import type { HostTree, Tensor } from "../../../tensor/mod.ts";

/** An actor and a critic in training, with averages of both, from which targets are made. */
export interface PairState {
  readonly actor: LearnerState;
  readonly critic: LearnerState;
  readonly target: { readonly actor: readonly Tensor[]; readonly critic: readonly Tensor[] };
}

/** The state before the first step: the averages are the networks themselves. */
export function startPair<A, C>(
  { actor, critic }: { readonly actor: Learner<A>; readonly critic: Learner<C> },
): HostTree<PairState> {
  return {
    actor: actor.start,
    critic: critic.start,
    target: { actor: actor.start.parameters, critic: critic.start.parameters },
  };
}

/** The state after both were updated: the averages move towards them by the rate. */
export function movePair(
  { target }: PairState,
  { actor, critic, rate }: Pick<PairState, "actor" | "critic"> & { readonly rate: Tensor | number },
): PairState {
  return {
    actor,
    critic,
    target: {
      actor: averageParameters(target.actor, { online: actor.parameters, rate }),
      critic: averageParameters(target.critic, { online: critic.parameters, rate }),
    },
  };
}
