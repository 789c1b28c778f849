import {
  type Claim,
  comparison,
  higher,
  notAttempted,
  type Results,
  short,
} from "../../../lib/harness/mod.ts";
import { mean } from "../../../lib/stats/mod.ts";
import type { PixelResult } from "../experiments/pixels.ts";
import { PIXEL_AGENTS, type PixelAgentName, PIXELS } from "../pixel_studies.ts";

/** How much better than random play an agent must be. */
const BAR = 0.1;
/** How much of the best score does not matter. */
const SLACK = 0.05;
/** Seeds at which it is looked. */
const LOOKS = [3, 6, 10];

/** Mean score of a run's last episodes, without noise. */
export const pixelScore = ({ final }: PixelResult): number => mean(final);

/** Why two agents are not compared: one has not learned. */
function unlearned(results: Results, names: readonly PixelAgentName[]): string | undefined {
  for (const name of names) {
    const [group] = PIXELS.finished(results, [name]);
    if (group === undefined) continue;
    const { randomEpisodes } = group.config;
    const random = mean(group.runs.flatMap(({ result }) => result.training.slice(0, randomEpisodes)));
    const found = mean(group.runs.map(({ result }) => pixelScore(result)));
    if (found > random + BAR) continue;
    return `Did not learn: the score of ${PIXEL_AGENTS[name].label} is ${short(found)}, and ${
      short(random + BAR)
    } is asked for.`;
  }
}

function koopmanAgainst(second: "sac" | "spr"): Claim {
  const other = PIXEL_AGENTS[second].label;
  const bar = `Only if both scored ${BAR} more than random play.`;
  const claim = comparison(`pixels-as-good-as-${second}`, {
    location: "Figure 6",
    statement: `Learning from pixels, Koopman-SPR returns no less than ${other} (at most ${SLACK}).`,
    safeguards: {
      bar,
      controls: second === "sac"
        ? ["pixels-as-good-as-spr"]
        : "None: the two differ in what predicts latent states only.",
      smallest: `${SLACK} of the score`,
      kind: "learning from pixels",
    },
    measured: `Score of ten episodes of the policy's median after training; Koopman-SPR against ${other}`,
    first: PIXELS.sample("koopman", pixelScore),
    second: PIXELS.sample(second, pixelScore),
    rule: higher({ margin: -SLACK, looks: LOOKS }),
  });
  return {
    ...claim,
    test: `${claim.test} ${bar}`,
    evaluate(results) {
      const reason = unlearned(results, ["koopman", second]);
      return reason === undefined ? claim.evaluate(results) : notAttempted(reason);
    },
  };
}

/** Model-free learning with a self-predictive loss (Figure 6). */
export const pixelClaims: readonly Claim[] = [koopmanAgainst("sac"), koopmanAgainst("spr")];
