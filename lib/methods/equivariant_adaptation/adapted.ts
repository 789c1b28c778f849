import type { HostTree } from "../../compile/mod.ts";
import { type Network, selectStraightThrough } from "../../nn/group/mod.ts";
import { stopGradient, type Tensor, tf } from "../../tensor/mod.ts";
import type { Energy } from "./energies.ts";
import { allPoses, type Choice, fromCanonicalPose, toCanonicalPose } from "./poses.ts";

/** Parameters or buffers of an energy and of the network behind it. */
export interface EnergyAndNetwork<E, N> {
  /** The energy's. */
  readonly energy: E;
  /** The network's. */
  readonly network: N;
}

/** What an adapted network says. */
export interface AdaptedOutput<Y> {
  /** φ(x). */
  readonly output: Y;
  /** A(x) `[batch, |G|]`, of which the prior's loss is made. */
  readonly activations: Tensor;
  /** c(x)⁻¹ x. */
  readonly canonical: Tensor;
}

/** Options of {@link adaptedNetwork}. */
export interface AdaptedOptions {
  /** Inverse temperature β of the surrogate of the choice. @default 1 */
  readonly beta?: number;
  /** Whether outputs are maps of pixels, to be carried back to the image's pose. @default false */
  readonly maps?: boolean;
}

/**
 * φ(x) = c(x) · p(c(x)⁻¹ x): a network behind a canonicalizer made of an energy (Mondal et al. 2023, Sec. 3).
 *
 * The pose of the largest activation is taken, with the gradient of a softmax. Train it with
 * `adaptationLoss`: λ > 0 and trainable p is CP, λ = 0 is LC, task weight 0 (and p among the constants) is
 * the zero-shot regime.
 *
 * @param network p, from images `[batch, height, width, channels]`.
 * @param energy Equivariant activations.
 */
export function adaptedNetwork<PE, BE, PN, BN>(
  network: Network<PN, BN>,
  energy: Energy<PE, BE>,
  { beta = 1, maps = false }: AdaptedOptions = {},
): Network<EnergyAndNetwork<PE, PN>, EnergyAndNetwork<BE, BN>, Tensor, AdaptedOutput<Tensor>> {
  const sites = (shape: readonly number[]) => energy.dropouts?.(shape) ?? [];
  return {
    name: `${network.name} behind ${energy.name}`,
    init(stream) {
      const first = energy.init(stream.split("energy")), second = network.init(stream.split("network"));
      return {
        parameters: { energy: first.parameters, network: second.parameters } as HostTree<
          EnergyAndNetwork<PE, PN>
        >,
        buffers: { energy: first.buffers, network: second.buffers } as HostTree<EnergyAndNetwork<BE, BN>>,
      };
    },
    dropouts: (shape) => [...sites(shape), ...network.dropouts?.(shape) ?? []],
    apply(x, { parameters, buffers, training, keep }) {
      const masks = sites(x.shape).length;
      const { activations, buffers: first } = energy.activations(x, {
        parameters: parameters.energy,
        buffers: buffers.energy,
        training,
        keep: keep?.slice(0, masks),
      });
      const choice: Choice = {
        group: energy.group,
        selected: training
          ? selectStraightThrough(activations, { beta })
          : stopGradient(selectStraightThrough(activations)),
      };
      const canonical = toCanonicalPose(x, choice);
      const { output, buffers: second } = network.apply(canonical, {
        parameters: parameters.network,
        buffers: buffers.network,
        training,
        keep: keep?.slice(masks),
      });
      return {
        output: { output: maps ? fromCanonicalPose(output, choice) : output, activations, canonical },
        buffers: { energy: first, network: second },
      };
    },
  };
}

/**
 * A control: the mean of a network's logits over all poses of the image. It needs no training and |G| passes.
 *
 * @param network From images to logits `[rows, classes]`.
 */
export function poseAverage(
  x: Tensor,
  { group, network }: {
    readonly group: Energy["group"];
    readonly network: (poses: Tensor) => Tensor;
  },
): Tensor {
  const logits = network(allPoses(x, group));
  const batch = x.shape[0], [rows, classes] = logits.shape;
  return tf.mean(tf.reshape(logits, [rows / batch, batch, classes]), 0);
}
