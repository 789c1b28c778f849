/** What each profile runs of learning from pixels. */
import { study, type Variant } from "../../lib/harness/mod.ts";
import { type PixelConfig, pixels } from "./experiments/pixels.ts";

/** Agents of Figure 6. */
export const PIXEL_AGENTS = {
  koopman: { label: "Koopman-SPR", prediction: "koopman" },
  spr: { label: "SPR", prediction: "mlp" },
  sac: { label: "SAC", prediction: null },
} as const satisfies Record<string, Pick<PixelConfig, "prediction"> & { readonly label: string }>;
export type PixelAgentName = keyof typeof PIXEL_AGENTS;
export const PIXEL_AGENT_NAMES = Object.keys(PIXEL_AGENTS) as readonly PixelAgentName[];

function agents(
  base: Omit<PixelConfig, "prediction">,
  seeds: Variant<PixelConfig>["seeds"],
): Record<PixelAgentName, Variant<PixelConfig>> {
  return Object.fromEntries(
    Object.entries(PIXEL_AGENTS).map(([name, { label, prediction }]) => [
      name,
      { label, config: { ...base, prediction }, seeds },
    ]),
  ) as Record<PixelAgentName, Variant<PixelConfig>>;
}

const LAPTOP: Omit<PixelConfig, "prediction"> = {
  horizon: 5,
  size: 32,
  shift: 2,
  filters: 16,
  latent: 32,
  width: 64,
  batchSize: 64,
  learningRate: 1e-3,
  episodes: 40,
  randomEpisodes: 5,
  evaluations: 10,
  episodeSteps: 100,
};

/** Seeds of an agent, as many as its claims plan to look at; each takes minutes, and `decide` runs them. */
const SEEDS = { beyond: Array.from({ length: 10 }, (_, seed) => seed) };

/** The pendulum from rendered images. */
export const PIXELS = study(pixels, {
  smoke: agents({
    ...LAPTOP,
    ...{ horizon: 2, size: 16, shift: 1, filters: 2, latent: 8, width: 8, batchSize: 4 },
    ...{ episodes: 2, randomEpisodes: 1, evaluations: 1, episodeSteps: 8 },
  }, 1),
  laptop: agents(LAPTOP, SEEDS),
  paper: agents({
    ...LAPTOP,
    ...{ size: 84, shift: 4, filters: 32, latent: 50, width: 1024, batchSize: 512, episodes: 1000 },
  }, 5),
});
