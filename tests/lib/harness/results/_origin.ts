import type { RunProvenance } from "../../../../lib/harness/results/provenance.ts";

/** Where made-up results come from. */
export const PROVENANCE: RunProvenance = {
  code: { commit: null, dirty: false },
  machine: { os: "linux", arch: "x86_64", cpu: "cpu", cores: 2, memoryGiB: 4 },
  versions: {},
  data: [],
  started: "2026-01-01T00:00:00.000Z",
  finished: "2026-01-01T00:01:00.000Z",
  seconds: 60,
  arguments: [],
};
