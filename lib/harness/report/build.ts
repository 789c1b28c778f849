import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { browserScripts, type Figure, renderSvg, type Table, tableToCsv } from "../../figures/mod.ts";
import { readTextOrNull, writeAtomic } from "../run/mod.ts";
import {
  evaluateCommitted,
  type Golden,
  goldenPath,
  parseGolden,
  readGolden,
  RESULTS_FILE,
} from "../results/mod.ts";
import {
  listPapers,
  loadPaper,
  type Paper,
  type Places,
  type ProfileName,
  PROFILES,
  ROOT,
} from "../paper/mod.ts";
import { pageAssets } from "./_assets.ts";
import { notesHtml } from "./_notes.ts";
import { paperPage } from "./_paper_page.tsx";
import { startPage } from "./_start_page.tsx";
import type { ReportedPaper, ReportFile } from "./types.ts";

/** Options of {@link buildReport}. */
export interface ReportOptions {
  /** @default each paper's laptop results or, failing these, those of smoke */
  readonly profile?: ProfileName;
  /** Whether results of your own runs (`out/<profile>/<paper>`) come before committed ones. @default false */
  readonly local?: boolean;
}

/** A report that was written. */
export interface BuiltReport {
  /** Its folder; `index.html` is the start page. */
  readonly folder: string;
  readonly papers: readonly ReportedPaper[];
  readonly files: readonly string[];
}

/**
 * Builds the report: a static site that works from the file system and asks for nothing from the network.
 * Files that an earlier report left behind are removed.
 *
 * @throws {WriteError} If `out/report` cannot be written.
 */
export async function buildReport(where: Places, options: ReportOptions = {}): Promise<BuiltReport> {
  const folder = `${where.out}/report`;
  const papers: ReportedPaper[] = [];
  const files: ReportFile[] = [...await assets()];
  for (const id of await listPapers(where)) {
    const reported = await collect(await loadPaper(id, where), where, options);
    papers.push(reported);
    files.push(...await filesOf(reported, folder));
  }
  files.push({ path: "index.html", content: startPage(papers) });
  for (const { path, content } of files) await writeAtomic(`${folder}/${path}`, content);
  await removeOthers(folder, new Set(files.map(({ path }) => path)));
  return { folder, papers, files: files.map(({ path }) => path) };
}

async function assets(): Promise<readonly ReportFile[]> {
  const scripts = browserScripts().map(async ({ name, path }) => ({
    path: `assets/${name}`,
    content: await Deno.readFile(path),
  }));
  return [...await pageAssets(), ...await Promise.all(scripts)];
}

async function collect(paper: Paper, where: Places, options: ReportOptions): Promise<ReportedPaper> {
  const found = await findResults(paper, where, options);
  const readme = await readTextOrNull(`${where.papers}/${paper.id}/README.md`) ?? "";
  const link = (href: string) =>
    /^([a-z]+:|#)/.test(href)
      ? href
      : toCheckout(`${where.out}/report`, resolve(where.papers, paper.id, href));
  return {
    paper,
    results: found && { ...found, evaluation: await evaluateCommitted(paper, found.golden, where) },
    notes: await notesHtml(readme, link),
  };
}

async function findResults(
  { id }: Paper,
  where: Places,
  { profile, local = false }: ReportOptions,
): Promise<{ readonly golden: Golden; readonly path: string } | null> {
  const profiles = profile ? [profile] : ["laptop", ...PROFILES.filter((name) => name !== "laptop")] as const;
  const shown = (path: string) => path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
  if (local) {
    for (const name of profiles) {
      const path = `${where.out}/${name}/${id}/${RESULTS_FILE}`;
      const text = await readTextOrNull(path);
      if (text !== null) return { golden: parseGolden(text, path), path: shown(path) };
    }
  }
  for (const name of profiles) {
    const golden = await readGolden(where, id, name);
    if (golden) return { golden, path: shown(goldenPath(where, id, name)) };
  }
  return null;
}

/** The way from a paper's page to a file of the checkout. */
function toCheckout(folder: string, path: string): string {
  return relative(`${folder}/papers`, path).split(sep).map(encodeURIComponent).join("/");
}

async function filesOf(reported: ReportedPaper, folder: string): Promise<readonly ReportFile[]> {
  const { paper, results } = reported;
  const files: ReportFile[] = [];
  const sizes = new Map<string, { readonly width: number; readonly height: number }>();
  for (const { artefact: { id }, stamped } of results?.evaluation.artefacts ?? []) {
    if (stamped === undefined) continue;
    const path = `papers/${paper.id}/${id}`;
    if (stamped.kind === "table") {
      files.push({ path: `${path}.csv`, content: tableToCsv(stamped as Table) });
      continue;
    }
    const svg = await renderSvg(stamped as Figure);
    const size = /^<svg [^>]*width="(\d+)[^"]*" height="(\d+)/.exec(svg);
    if (size) sizes.set(id, { width: Number(size[1]), height: Number(size[2]) });
    const spec = JSON.stringify((stamped as Figure).spec);
    files.push(
      { path: `${path}.svg`, content: svg },
      { path: `${path}.vl.json`, content: `${spec}\n` },
      // A page opened from the file system may load scripts, but not read JSON.
      { path: `${path}.js`, content: `refigure.draw(${JSON.stringify(id)}, ${spec});\n` },
    );
  }
  const modulePath = (path: string) => path.startsWith("file:") ? fileURLToPath(path) : `${ROOT}${path}`;
  const content = paperPage(reported, { sizes, toCheckout: (path) => toCheckout(folder, modulePath(path)) });
  return [...files, { path: `papers/${paper.id}.html`, content }];
}

/** Removes files of an earlier report. */
async function removeOthers(folder: string, kept: ReadonlySet<string>, below = ""): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${name}`;
    if (isDirectory) await removeOthers(folder, kept, `${path}/`);
    else if (!kept.has(path)) await Deno.remove(`${folder}/${path}`);
  }
}
