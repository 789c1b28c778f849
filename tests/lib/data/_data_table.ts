/**
 * The table of data sets in `docs/data.md`, from the catalogue. Run as a program it writes the file
 * (`deno task datasets`).
 */
import { type DataSet, dataSets } from "../../../lib/data/mod.ts";
import {
  collectJobs,
  experimentOf,
  listPapers,
  loadPaper,
  places,
  PROFILES,
  select,
} from "../../../lib/harness/mod.ts";

/** Where the table is. */
export const TABLE = new URL("../../../docs/data.md", import.meta.url);

const HEAD = `# Data

<!-- Written by \`deno task datasets\` from the catalogue in lib/data; a test tells when it is out of date. -->

Data sets are never part of this repository. A file is looked for in the folders of \`REFIGURE_DATA\` (a list,
as \`PATH\` is), then in \`data\` of this project, where downloads go; it counts only if its size and SHA-256 are
those of the catalogue. \`deno task data list\` shows what is here, \`deno task data fetch <name>\` downloads, and
\`deno task data where <name>\` says where to put what is asked for by hand.

- **generated**: an exact generator is part of this project; nothing is needed.
- **download**: fetched when a run needs it, or by \`deno task data fetch\`.
- **by hand**: its terms or its host ask for that; without the files a run says so.
- **stand-in**: what smoke runs take in its place, of the same shape, and always called a stand-in.
`;

const collectionOf = ({ name }: DataSet): string => name.split("/")[0];

/** Papers that read each collection, in any profile. */
async function readers(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  const here = places();
  for (const id of await listPapers(here)) {
    const paper = await loadPaper(id, here);
    for (const profile of PROFILES) {
      for (const job of collectJobs(paper, { profile }, select(paper))) {
        for (const name of experimentOf(paper, job).data?.(job.config) ?? []) {
          const collection = name.split("/")[0];
          found.set(collection, (found.get(collection) ?? new Set()).add(id));
        }
      }
    }
  }
  return found;
}

function sourceOf(sets: readonly DataSet[]): string {
  const files = sets.flatMap(({ files }) => files);
  const hosts = new Set(files.flatMap(({ url }) => url ? [new URL(url).hostname] : []));
  const byHand = new Set(files.flatMap(({ url, byHand = "see its terms" }) => url ? [] : [byHand]));
  return [
    ...sets.some(({ generate }) => generate) ? ["generated"] : [],
    ...hosts.size > 0 ? [`download (${[...hosts].join(", ")})`] : [],
    ...byHand.size > 0 ? [`by hand (${[...byHand].join("; ")})`] : [],
    ...sets.some(({ standIn }) => standIn) ? ["stand-in"] : [],
  ].join("; ");
}

function sizeOf(sets: readonly DataSet[]): string {
  const bytes = sets.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0);
  return bytes === 0 ? "–" : bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The page. */
export async function dataPage(): Promise<string> {
  const papers = await readers();
  const rows = [...Map.groupBy(dataSets, collectionOf)].map(([name, sets]) => {
    const cells = [
      `\`${name}\``,
      sets.length,
      sizeOf(sets),
      sourceOf(sets),
      [...new Set(sets.map(({ licence }) => licence))].join("; "),
      [...papers.get(name) ?? []].map((id) => `[${id}](../reproductions/${id}/README.md)`).join(", ") || "–",
    ];
    return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return [
    HEAD,
    "<!-- deno-fmt-ignore-start -->",
    "",
    "| collection | sets | size | where from | terms | read by |",
    "| --- | ---: | ---: | --- | --- | --- |",
    ...rows,
    "",
    "<!-- deno-fmt-ignore-end -->",
    "",
  ].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(TABLE, await dataPage());
