import { type Golden, readGolden } from "./goldens.ts";
import { listPapers, loadPaper } from "./papers.ts";
import type { Places } from "./places.ts";
import type { ClaimStatus, Paper } from "./types.ts";

/** A paper with its accepted results, if any. */
export interface PaperGolden {
  readonly paper: Paper;
  readonly golden: Golden | null;
}

/** All papers with their accepted results: of the laptop profile or, failing that, of the smoke profile. */
export async function collectPaperGoldens(where: Places): Promise<readonly PaperGolden[]> {
  return await Promise.all((await listPapers(where)).map(async (id) => ({
    paper: await loadPaper(id, where),
    golden: await readGolden(where, id, "laptop") ?? await readGolden(where, id, "smoke"),
  })));
}

/** The paper's picture in README.md: its first figure, drawn from the accepted results. */
export function picturePath(places: Places, paper: string): string {
  return `${places.fixtures}/${paper}/gallery.png`;
}

/** Around the table in README.md. */
export const README_MARKERS = [
  "<!-- verdicts:start -->",
  "<!-- verdicts:end -->",
] as const;

const STATUSES: readonly ClaimStatus[] = ["supported", "contradicted", "inconclusive", "not attempted"];

/** Markdown table of the papers with the number of claims by status, from the accepted results. */
export function verdictTable(
  papers: readonly { readonly paper: Pick<Paper, "id" | "title">; readonly golden: Golden | null }[],
): string {
  const rows = papers.map(({ paper, golden }) => {
    const link = `[${paper.id}](reproductions/${paper.id}/README.md)`;
    const counts = STATUSES.map((status) =>
      golden ? golden.claims.filter((claim) => claim.status === status).length : "–"
    );
    const from = golden
      ? `${golden.plan.profile}, ${golden.executor}, ${golden.provenance.finished.slice(0, 10)}`
      : "not yet";
    return `| ${[link, paper.title, ...counts, from].join(" | ")} |`;
  });
  return [
    `| ${["paper", "title", ...STATUSES, "results"].join(" | ")} |`,
    `| --- | --- | ${STATUSES.map(() => "---:").join(" | ")} | --- |`,
    ...rows,
  ].join("\n");
}

/**
 * Puts a table between the markers of a README.
 *
 * @throws {SyntaxError} If the markers are not there.
 */
export function updateReadme(text: string, table: string): string {
  const [begin, end] = README_MARKERS;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new SyntaxError(`Cannot update the README as it must hold the lines ${begin} and ${end}`);
  }
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}
