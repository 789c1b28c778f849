import type { HostTree } from "../../../lib/compile/mod.ts";
import {
  activationsFromVotes,
  type Energy,
  framePriorLoss,
  groupEnergy,
  mlpJudge,
  priorLoss,
  steerableCanonicalizer,
  steerableEnergy,
  toCanonicalPose,
  voteEnergy,
} from "../../../lib/methods/equivariant_adaptation/mod.ts";
import {
  cyclic,
  groupAngles,
  type Pass,
  type PlanarGroup,
  selectStraightThrough,
} from "../../../lib/nn/group/mod.ts";
import type { Stream } from "../../../lib/random/mod.ts";
import { type Tensor, tf } from "../../../lib/tensor/mod.ts";
import { shrunk } from "./_shrunk.ts";

/** What finds the poses of digits. */
export type DigitEnergy =
  /** A perceptron that looks at every copy. */
  | { readonly kind: "mlp"; readonly hidden: number }
  /** A G-CNN with bilinearly turned filters, on digits shrunk to half their side. */
  | { readonly kind: "group"; readonly channels: number }
  /** Filters of circular harmonics, read at the group's angles, or at any angle (SO(2)). */
  | { readonly kind: "steerable" | "continuous"; readonly fields: number };

/** What a front says of a batch of digits. */
export interface Found {
  /** The prior's loss. */
  readonly prior: Tensor;
  /** c(x)⁻¹ x. */
  readonly canonical: Tensor;
  /** `[batch, rotations]`, the largest where the digit is found. */
  readonly activations: Tensor;
  readonly buffers: unknown;
}

/** A canonicalizer in front of a classifier of digits. */
export interface Front {
  /** Whether it looks at copies in all poses, which can be made once. */
  readonly copies: boolean;
  init(stream: Stream): { readonly parameters: HostTree<unknown>; readonly buffers: HostTree<unknown> };
  /** @param copies All copies of x, if they are known. */
  find(x: Tensor, pass: Pass<unknown, unknown>, copies?: Tensor): Found;
}

/** A front over C_n by its energy. The gradient reaches the choice through the angle, as in the paper. */
function discrete(
  energy: Energy<unknown, unknown>,
  ofCopies?: (copies: Tensor, pass: Pass<unknown, unknown>) => Tensor,
): Front {
  const { group } = energy;
  return {
    copies: ofCopies !== undefined,
    init: (stream) => energy.init(stream),
    find(x, pass, copies) {
      const { activations, buffers } = copies !== undefined && ofCopies !== undefined
        ? { activations: ofCopies(copies, pass), buffers: pass.buffers }
        : energy.activations(x, pass);
      return {
        prior: priorLoss(activations),
        canonical: toCanonicalPose(x, { group, selected: selectStraightThrough(activations) }),
        activations,
        buffers,
      };
    },
  };
}

/** A front over SO(2); its activations are cosines with the group's angles. */
function continuous(fields: number, group: PlanarGroup): Front {
  const canonicalizer = steerableCanonicalizer({ fields });
  const angles = groupAngles(group).map((angle) => angle * Math.PI / 180);
  const waves = [angles.map(Math.cos), angles.map(Math.sin)];
  return {
    copies: false,
    init: (stream) => canonicalizer.init(stream),
    find(x, pass) {
      const { canonical, buffers } = canonicalizer.apply(
        x,
        pass as Parameters<typeof canonicalizer.apply>[1],
      );
      const { frame } = canonical.choice;
      const first = tf.reshape(tf.slice(frame, [0, 0, 0], [-1, 1, 2]), [x.shape[0], 2]) as tf.Tensor2D;
      return {
        prior: framePriorLoss(frame),
        canonical: canonical.input,
        activations: tf.matMul(first, tf.tensor2d(waves)),
        buffers,
      };
    },
  };
}

/** The front of a configuration, for images of so many pixels a side. */
export function frontOf(
  energy: DigitEnergy,
  { rotations, size }: { readonly rotations: number; readonly size: number },
): Front {
  const group = cyclic(rotations);
  switch (energy.kind) {
    case "mlp": {
      const judge = mlpJudge({ pixels: size * size, hidden: energy.hidden, votes: rotations });
      return discrete(
        voteEnergy(judge, group) as Energy,
        (copies, pass) => activationsFromVotes(judge.apply(copies, pass as never).output, group),
      );
    }
    case "group":
      return discrete(shrunk(groupEnergy({ group, inputs: 1, channels: energy.channels }) as Energy, 2));
    case "steerable":
      return discrete(steerableEnergy({ group, fields: energy.fields }) as Energy);
    case "continuous":
      return continuous(energy.fields, group);
  }
}
