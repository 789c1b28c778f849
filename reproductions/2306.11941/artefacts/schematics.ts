import { type Diagram, type DiagramLink, type DiagramNode, diagrams, INK } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import { MODEL_COLOURS } from "./_style.ts";

const KOOPMAN = MODEL_COLOURS.koopman, MLP = MODEL_COLOURS.mlp, ACTION = MODEL_COLOURS.transformer;
const DARK = INK.text;

/** A named place. */
type Place = DiagramNode & { readonly label: string };

const node = (label: string, x: number, y: number, colour: string, size = 0.13): Place => ({
  label,
  x,
  y,
  colour,
  size,
});

const link = (from: DiagramNode, to: DiagramNode, width = 1.4): DiagramLink => ({
  from: [from.x, from.y],
  to: [to.x, to.y],
  colour: INK.muted,
  width,
});

const STEPS = [0, 1, 2];
const SUBSCRIPTS = ["₀", "₁", "₂", "₃"];

/** x₀ → f → x₁ → f → x₂ …, an action into each f. */
function stepByStep(): Diagram {
  const across = (i: number) => 0.08 + 0.14 * i;
  const states = SUBSCRIPTS.map((k, i) => node(`x${k}`, across(2 * i), 0.35, DARK));
  const maps = STEPS.map((i) => node("MLP", across(2 * i + 1), 0.35, MLP));
  const actions = STEPS.map((i) => node(`a${SUBSCRIPTS[i]}`, across(2 * i + 1), 0.75, ACTION));
  return {
    title: "MLP: one step after the other",
    nodes: [...states, ...maps, ...actions],
    links: STEPS.flatMap((i) => [
      link(states[i], maps[i]),
      link(maps[i], states[i + 1]),
      link(actions[i], maps[i]),
    ]),
  };
}

/** Each x̂ is a sum over x₀ and all earlier actions: thinner lines have decayed more. */
function allAtOnce(): Diagram {
  const across = (i: number) => 0.1 + 0.26 * i;
  const sources = [
    node("x₀", across(0), 0.75, DARK),
    ...STEPS.map((i) => node(`c${SUBSCRIPTS[i]}`, across(i + 1), 0.75, ACTION)),
  ];
  const states = STEPS.map((i) => node(`x${SUBSCRIPTS[i + 1]}`, across(i + 1), 0.2, KOOPMAN));
  return {
    title: "Koopman: x at all steps is a sum with powers of λ",
    nodes: [...sources, ...states],
    links: states.flatMap((state, k) =>
      sources.slice(0, k + 2).map((source, j) => link(source, state, 2.4 * 0.6 ** (k + 1 - j)))
    ),
  };
}

/** States and actions in, states and rewards out. */
function architecture(): Diagram {
  const nodes = {
    state: node("s", 0.05, 0.3, DARK, 0.055),
    encoder: node("g", 0.19, 0.3, MLP, 0.055),
    latent: node("x", 0.33, 0.3, DARK, 0.055),
    actions: node("a", 0.05, 0.75, DARK, 0.055),
    actionEncoder: node("f", 0.19, 0.75, MLP, 0.055),
    inputs: node("c", 0.33, 0.75, ACTION, 0.055),
    dynamics: node("λ", 0.5, 0.5, KOOPMAN, 0.075),
    latents: node("x̂", 0.66, 0.5, DARK, 0.055),
    decoder: node("d", 0.8, 0.3, MLP, 0.055),
    states: node("ŝ", 0.95, 0.3, DARK, 0.055),
    head: node("h", 0.8, 0.75, MLP, 0.055),
    rewards: node("r̂", 0.95, 0.75, DARK, 0.055),
  };
  const chains: (keyof typeof nodes)[][] = [
    ["state", "encoder", "latent", "dynamics", "latents", "decoder", "states"],
    ["actions", "actionEncoder", "inputs", "dynamics"],
    ["latents", "head", "rewards"],
  ];
  return {
    title: "g, f, d, h are MLPs; the dynamics in the middle are linear",
    nodes: Object.values(nodes),
    links: chains.flatMap((chain) => chain.slice(1).map((name, i) => link(nodes[chain[i]], nodes[name]))),
  };
}

/** How the models work. */
export const schematics: readonly Artefact[] = [
  {
    id: "figure-1",
    kind: "figure",
    location: "Figure 1",
    title: "Two ways to roll out",
    caption: "An MLP is applied step by step; a linear model with diagonal matrix gives all steps at once.",
    jobs: () => [],
    render: () =>
      diagrams([stepByStep(), allAtOnce()], {
        title: "Two ways to roll out a latent state",
        subtitle: "c is the encoded action; the width of a line is the size of the power of λ",
        columns: 2,
        aspect: 0.5,
        alt: "A chain of states through MLPs, and states that are linked to all earlier inputs.",
      }),
  },
  {
    id: "figure-2",
    kind: "figure",
    location: "Figure 2",
    title: "The latent model",
    caption: "All models share encoders, decoder and reward head; only the dynamics differ.",
    jobs: () => [],
    render: () =>
      diagrams([architecture()], {
        title: "The latent model",
        subtitle: "From a state s and actions a to predicted states ŝ and rewards r̂",
        columns: 1,
        aspect: 0.25,
        alt: "Encoder, action encoder, linear dynamics, decoder and reward head in a row.",
      }),
  },
];
