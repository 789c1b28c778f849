import type { DataPolicy, Resolved } from "../../data/mod.ts";
import { experimentOf, Interrupted, type Job, oneLine, type Paper } from "../paper/mod.ts";
import type { Progress } from "./progress.ts";

/** Files count by content: it does not matter where they lie or that they have yet to be downloaded. */
export function contentOf({ source, digest }: Resolved): string {
  return source === "generated" || source === "stand-in" ? digest : `real/${digest}`;
}

/** Finds the data sets that jobs read; those that the catalogue lacks are problems. */
export async function resolveData(paper: Paper, jobs: readonly Job[], policy: DataPolicy) {
  const names = new Set(jobs.flatMap((job) => experimentOf(paper, job).data?.(job.config) ?? []));
  const data = new Map<string, Resolved>();
  const problems = new Map<string, string>();
  if (names.size > 0) {
    const { resolveDataSet } = await import("../../data/mod.ts");
    for (const name of names) {
      try {
        data.set(name, await resolveDataSet(name, policy));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        problems.set(name, error.message);
      }
    }
  }
  return { data, problems };
}

/**
 * Downloads the data that jobs need and the disk lacks, if it may. A failed download fails its jobs only.
 */
export async function fetchMissing(
  jobs: readonly { readonly data: readonly string[] }[],
  known: ReadonlyMap<string, Resolved>,
  { progress, signal, downloads }: {
    readonly progress: Progress;
    readonly signal?: AbortSignal;
    readonly downloads: boolean;
  },
) {
  const resolved = new Map(known);
  const problems = new Map<string, string>();
  for (const name of new Set(jobs.flatMap(({ data }) => data))) {
    const found = known.get(name);
    if (found?.source !== "missing") continue;
    if (!downloads) {
      problems.set(name, `The data set ${name} is missing on ${Deno.hostname()}: its folder must be shared`);
      continue;
    }
    const { downloadDataSet } = await import("../../data/mod.ts");
    try {
      await downloadDataSet(name, {
        signal,
        onProgress: ({ receivedBytes, totalBytes }) => progress.download(name, receivedBytes, totalBytes),
      });
      resolved.set(name, { ...found, source: "download" });
    } catch (error) {
      if (signal?.aborted) throw new Interrupted("Interrupted while downloading; what was received is kept");
      const message = oneLine(error instanceof Error ? error.message : String(error));
      problems.set(name, message.replace(/^Cannot/, `The data set ${name} is missing: cannot`));
    }
  }
  return { resolved, problems };
}
