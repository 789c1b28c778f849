import { evaluateCommitted, type Evaluation, type Golden, readGolden } from "../results/mod.ts";
import { headlineOf, reportedBeside } from "./glance.ts";
import { listPapers, loadPaper, type Paper, type Places, STATUSES } from "../paper/mod.ts";

/** A paper with its accepted results and what the present code makes of them, if there are any. */
export interface PaperGolden {
  /** The paper. */
  readonly paper: Paper;
  /** Its accepted results; `null` without any. */
  readonly golden: Golden | null;
  /** What the present code makes of them; `null` without any. */
  readonly evaluation: Evaluation | null;
}

/** All papers with their accepted results: of the laptop profile or, failing that, of the smoke profile. */
export async function collectPaperGoldens(where: Places): Promise<readonly PaperGolden[]> {
  return await Promise.all((await listPapers(where)).map(async (id) => {
    const paper = await loadPaper(id, where);
    const golden = await readGolden(where, id, "laptop") ?? await readGolden(where, id, "smoke");
    return { paper, golden, evaluation: golden && await evaluateCommitted(paper, golden, where) };
  }));
}

/** The paper's picture in README.md: its first figure, drawn from the accepted results. */
export function picturePath(places: Places, paper: string): string {
  return `${places.fixtures}/${paper}/gallery.png`;
}

/** Before and after each part of README.md that is generated. */
export const README_MARKERS = {
  gallery: ["<!-- gallery:start -->", "<!-- gallery:end -->"],
  verdicts: ["<!-- verdicts:start -->", "<!-- verdicts:end -->"],
} as const;

/** A paper's row: what the README says of it. */
export interface ReadmeRow {
  /** The paper, and what of it was read. */
  readonly paper: Pick<Paper, "id" | "title" | "read" | "headline">;
  /** Its accepted results; `null` without any. */
  readonly golden: Golden | null;
  /** What the present code makes of them; `null` without any. */
  readonly evaluation: Pick<Evaluation, "artefacts" | "claims"> | null;
}

/**
 * Markdown table of the papers: the number of claims by status, as the accepted results are judged now, and
 * of those among them that a single pair decides; what of the paper was read, and how many of its numbers
 * stand beside ours.
 */
export function verdictTable(papers: readonly ReadmeRow[]): string {
  const rows = papers.map(({ paper, golden, evaluation }) => {
    const link = `[${paper.id}](reproductions/${paper.id}/README.md)`;
    // A smoke run proves that everything runs; it is no evidence.
    const judged = golden !== null && golden.plan.profile !== "smoke";
    const counts = STATUSES.map((status) =>
      judged ? evaluation!.claims.filter(({ verdict }) => verdict.status === status).length : "–"
    );
    const fragile = judged ? evaluation!.claims.filter(({ verdict }) => verdict.fragile).length : "–";
    const beyond = evaluation?.claims.filter((claim) => claim.beyond).length ?? 0;
    const from = judged
      ? `${golden.plan.profile}, ${golden.executor}, ${golden.provenance.finished.slice(0, 10)}${
        beyond > 0 ? `; ${beyond} by decided.json` : ""
      }`
      : golden
      ? "not yet (it runs: smoke)"
      : "not yet";
    const beside = judged ? reportedBeside(evaluation!) : "–";
    return `| ${[link, paper.title, ...counts, fragile, from, paper.read, beside].join(" | ")} |`;
  });
  return [
    `| ${["paper", "title", ...STATUSES, "fragile", "results", "read of it", "its numbers"].join(" | ")} |`,
    `| --- | --- | ${[...STATUSES, "fragile"].map(() => "---:").join(" | ")} | --- | --- | ---: |`,
    ...rows,
  ].join("\n");
}

/**
 * The papers' pictures, two beside each other, each with a link to its paper and what became of the claim
 * that the paper is known for.
 */
export function galleryTable(papers: readonly ReadmeRow[]): string {
  const cells = papers.filter(({ golden }) => golden !== null).map(({ paper, golden, evaluation }) => {
    const { id, title } = paper, page = `reproductions/${id}/README.md`;
    const headline = golden!.plan.profile === "smoke" ? null : headlineOf(paper, evaluation!);
    return [
      `[![${title}](fixtures/${id}/gallery.png)](${page})`,
      `[${title}](${page})`,
      ...headline === null ? [] : [headline.replaceAll("|", "\\|")],
    ].join("<br>");
  });
  const rows = Array.from({ length: Math.ceil(cells.length / 2) }, (_, i) => cells.slice(2 * i, 2 * i + 2));
  return ["| | |", "| :-: | :-: |", ...rows.map(([left, right = ""]) => `| ${left} | ${right} |`)].join("\n");
}

/**
 * Writes the parts of a README that are generated: the papers' pictures and the table of verdicts.
 *
 * @throws {SyntaxError} If their markers are not there.
 */
export function updateReadme(text: string, papers: readonly ReadmeRow[]): string {
  const parts = { gallery: galleryTable(papers), verdicts: verdictTable(papers) };
  return Object.entries(parts).reduce((current, [name, part]) => {
    const [begin, end] = README_MARKERS[name as keyof typeof README_MARKERS];
    const [from, to] = [current.indexOf(begin), current.indexOf(end)];
    if (from < 0 || to < from) {
      throw new SyntaxError(`Cannot update the README as it must hold the lines ${begin} and ${end}`);
    }
    return `${current.slice(0, from + begin.length)}\n\n${part}\n\n${current.slice(to)}`;
  }, text);
}
