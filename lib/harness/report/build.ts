import { resolve } from "node:path";
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
import { SourcePages } from "./_sources.tsx";
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
  const sources = new SourcePages();
  for (const id of await listPapers(where)) {
    const reported = await collect(await loadPaper(id, where), { where, options, sources });
    papers.push(reported);
    files.push(...await filesOf(reported, { where, sources }));
  }
  files.push({ path: "index.html", content: startPage(papers) }, ...await sources.files());
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

async function collect(
  paper: Paper,
  { where, options, sources }: {
    readonly where: Places;
    readonly options: ReportOptions;
    readonly sources: SourcePages;
  },
): Promise<ReportedPaper> {
  const found = await findResults(paper, where, options);
  const base = resolve(where.papers, paper.id);
  const readme = await readTextOrNull(`${base}/README.md`) ?? "";
  const link = (href: string) => sources.linkIn(href, { base, from: pagePath(paper) });
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

/** Where a paper's page is, below the site. */
function pagePath({ id }: Paper): string {
  return `papers/${id}.html`;
}

async function filesOf(
  reported: ReportedPaper,
  { where, sources }: { readonly where: Places; readonly sources: SourcePages },
): Promise<readonly ReportFile[]> {
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
  const link = (path: string) => sources.link(path, pagePath(paper));
  const content = paperPage(reported, {
    sizes,
    code: link(`${where.papers}/${paper.id}`),
    notebook: link(`${ROOT}notebooks/${paper.id}.ipynb`),
    codeOf: ({ module }) => link(fileURLToPath(module)),
  });
  return [...files, { path: pagePath(paper), content }];
}

/** Removes files of an earlier report. */
async function removeOthers(folder: string, kept: ReadonlySet<string>, below = ""): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${name}`;
    if (isDirectory) await removeOthers(folder, kept, `${path}/`);
    else if (!kept.has(path)) await Deno.remove(`${folder}/${path}`);
  }
}
