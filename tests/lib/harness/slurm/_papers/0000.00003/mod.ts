import {
  type Claim,
  type Experiment,
  type Job,
  type Json,
  type Paper,
  type Plan,
} from "../../../../../../lib/harness/paper/mod.ts";
import { nap, refuse } from "./experiments.ts";

/** How many naps of how many seconds, and whether a job fails. */
const SIZES = {
  smoke: { count: 8, seconds: 0.1, fails: true },
  laptop: { count: 8, seconds: 2, fails: false },
  paper: { count: 40, seconds: 0.1, fails: false },
} as const;

function jobs({ profile, seeds = 1 }: Plan): readonly Job[] {
  const { count, seconds } = SIZES[profile];
  return Array.from({ length: count * seeds }, (_, i) => ({
    experiment: nap.id,
    config: { seconds, part: i % count },
    seed: Math.floor(i / count),
  }));
}

function claim(id: string, experiment: Experiment, jobsOf: (plan: Plan) => readonly Job[]): Claim {
  return {
    id,
    location: "Section 1",
    statement: "They add up.",
    test: "The sum is told.",
    safeguards: "A sum.",
    jobs: jobsOf,
    evaluate(results) {
      const runs = results.of<Json, number>(experiment);
      const sum = runs.reduce((total, { result }) => total + result, 0);
      return { status: "supported", numbers: { runs: runs.length, sum }, because: `The sum is ${sum}.` };
    },
  };
}

const profile = { data: "stand-in", summary: "Naps." } as const;

/** A paper whose jobs do nothing but take time, for tests of where they run. */
export default {
  id: "0000.00003",
  title: "On naps",
  authors: "A. Nonymous",
  venue: "Nowhere",
  read: "nothing",
  profiles: { smoke: profile, laptop: profile, paper: profile },
  experiments: [nap, refuse],
  artefacts: [],
  claims: [
    claim("naps", nap, jobs),
    claim(
      "failure",
      refuse,
      ({ profile }) => SIZES[profile].fails ? [{ experiment: refuse.id, config: null, seed: 0 }] : [],
    ),
  ],
} satisfies Paper;
