import { type Diagram, diagrams, FIGURE_WIDTH, INK } from "../../../lib/figures/mod.ts";
import type { Artefact } from "../../../lib/harness/mod.ts";
import type { Bar } from "../experiments/pictures.ts";
import { PICTURES } from "../studies.ts";
import { MODEL_COLOURS } from "./_style.ts";

/** Frames side by side: two environments in a row. */
const COLUMNS = 8;

/** Centre and half side of what is shown, in m. */
interface View {
  readonly x: number;
  readonly z: number;
  readonly half: number;
}

const VIEWS: Readonly<Record<string, View>> = {
  pendulum: { x: 0, z: 0, half: 1.1 },
  "cart-pole": { x: 0.4, z: 0, half: 1 },
  acrobot: { x: 0, z: 0, half: 2.1 },
  hopper: { x: 0, z: 0.75, half: 0.85 },
  walker2d: { x: 0, z: 0.75, half: 0.85 },
  half_cheetah: { x: 0, z: 0.65, half: 0.95 },
  "cheetah-run": { x: 0, z: 0.65, half: 0.95 },
  "cartpole-swingup": { x: 0, z: 1, half: 1.3 },
  "acrobot-swingup": { x: 0, z: 2, half: 2.1 },
  "finger-spin": { x: 0, z: 0.35, half: 0.42 },
  "ball-in-cup-catch": { x: 0, z: 0.42, half: 0.4 },
  "walker-walk": { x: 0, z: 0.75, half: 0.95 },
};

function frame(bars: readonly Bar[], { title, view }: { title: string; view: View }): Diagram {
  const inside = (value: number) => Math.min(Math.max(value, 0), 1);
  const place = (x: number, z: number) =>
    [
      inside(0.5 + (x - view.x) / (2 * view.half)),
      inside(0.5 - (z - view.z) / (2 * view.half)),
    ] as const;
  const pixels = FIGURE_WIDTH / COLUMNS - 18;
  return {
    title,
    nodes: [],
    links: bars.map(([x1, z1, x2, z2, radius]) => ({
      from: place(x1, z1),
      to: place(x2, z2),
      colour: radius < 0.01 ? INK.muted : MODEL_COLOURS.mlp,
      width: Math.max(1, pixels * radius / view.half),
    })),
  };
}

/** What moves. */
export const pictureArtefacts: readonly Artefact[] = [{
  id: "figure-environments",
  kind: "figure",
  location: "addition",
  title: "The environments",
  caption:
    "Film strips: three simulators, three runners of Gymnasium and six tasks of the Control Suite on MuJoCo.",
  jobs: (plan) => PICTURES.jobs(plan),
  render(results) {
    const panels = PICTURES.groups(results).flatMap(({ config: { environment }, runs: [{ result }] }) =>
      result.frames.map((bars, i) =>
        frame(bars, {
          title: i === 0 ? environment : `${(i * result.interval).toFixed(1)} s`,
          view: VIEWS[environment],
        })
      )
    );
    return diagrams(panels, {
      title: "The environments",
      subtitle: "Moved by oscillations of 1.5 Hz; the view follows the runners",
      columns: COLUMNS,
      alt: "Film strips of three simulators, three runners and six tasks of the Control Suite.",
    });
  },
}];
