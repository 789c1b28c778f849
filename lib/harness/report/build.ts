import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { browserScripts, type Figure, renderSvg, type Table, tableToCsv } from "../../figures/mod.ts";
import { readTextOrNull, writeAtomic } from "../run/mod.ts";
import {
  evaluateCommitted,
  evaluateGolden,
  type Golden,
  goldenPath,
  parseGolden,
  readGolden,
  RESULTS_FILE,
} from "../results/mod.ts";
import {
  HarnessError,
  listPapers,
  loadPaper,
  type Paper,
  type Places,
  type ProfileName,
  PROFILES,
  PROJECT,
} from "../paper/mod.ts";
import { shortName } from "../../project/mod.ts";
import { PAGE_ASSETS } from "./_assets.ts";
import { notesHtml } from "./_notes.ts";
import { paperPage } from "./_paper_page.tsx";
import { SourcePages } from "./_sources.tsx";
import { startPage } from "./_start_page.tsx";
import type { ReportedPaper, ReportFile } from "./types.ts";

/** Options of {@link buildReport}. */
export interface ReportOptions {
  /** @default each paper's laptop results or, failing these, those of smoke */
  readonly profile?: ProfileName;
  /**
   * Whether results of your own runs (`out/<profile>/<paper>`) have pages beside the committed ones.
   * @default true
   */
  readonly own?: boolean;
}

/** A report that was written. */
export interface BuiltReport {
  /** Its folder; `index.html` is the start page. */
  readonly folder: string;
  /** With their committed results. */
  readonly papers: readonly ReportedPaper[];
  /** Papers with results of one's own runs, each with a page of its own. */
  readonly own: readonly ReportedPaper[];
  /** One's own results that cannot be shown, and why. */
  readonly problems: readonly string[];
  readonly files: readonly string[];
}

/** Folder of the API reference in the report's, see `deno task api`; its pages link to those of sources. */
const API = "api";

/**
 * Builds the report: a static site that works from the file system and asks for nothing from the network.
 * Files that an earlier report left behind are removed, but for an API reference, which gets a link.
 *
 * @throws {WriteError} If `out/report` cannot be written.
 */
export async function buildReport(where: Places, options: ReportOptions = {}): Promise<BuiltReport> {
  const folder = `${where.out}/report`;
  const papers: ReportedPaper[] = [], ownRuns: ReportedPaper[] = [], problems: string[] = [];
  const sources = new SourcePages();
  for (const id of await listPapers(where)) {
    const paper = await loadPaper(id, where);
    const notes = await notesOf(paper, { where, sources });
    const committed = await committedResults(id, where, options);
    const results = committed && {
      ...committed,
      evaluation: await evaluateCommitted(paper, committed.golden, where),
    };
    papers.push({ paper, page: id, own: false, notes, results });
    if (options.own === false) continue;
    try {
      const found = await ownResults(id, where, options);
      const results = found && { ...found, evaluation: await evaluateGolden(paper, found.golden) };
      if (results) ownRuns.push({ paper, page: `${id}-own`, own: true, notes, results });
    } catch (error) {
      // One's own may be of another version, or cut off.
      if (!(error instanceof HarnessError)) throw error;
      problems.push(error.message);
    }
  }
  const files: ReportFile[] = [...await assets()];
  for (const reported of [...papers, ...ownRuns]) {
    const other = (reported.own ? papers : ownRuns).find(({ paper }) => paper === reported.paper);
    files.push(...await filesOf(reported, { where, sources, other }));
  }
  const api = await isFile(`${folder}/${API}/index.html`);
  if (api) sources.link(`${PROJECT}lib`, "index.html");
  files.push(
    {
      path: "index.html",
      content: startPage(papers, { ownRuns, api: api ? `${API}/index.html` : undefined }),
    },
    ...await sources.files(),
  );
  for (const { path, content } of files) await writeAtomic(`${folder}/${path}`, content);
  await removeOthers(folder, new Set(files.map(({ path }) => path)));
  return { folder, papers, own: ownRuns, problems, files: files.map(({ path }) => path) };
}

async function assets(): Promise<readonly ReportFile[]> {
  const scripts = browserScripts().map(async ({ name, path }) => ({
    path: `assets/${name}`,
    content: await Deno.readFile(path),
  }));
  return [...PAGE_ASSETS, ...await Promise.all(scripts)];
}

/** A paper's README as HTML: pages of the committed and of one's own results lie in the same folder. */
async function notesOf(
  { id }: Paper,
  { where, sources }: { readonly where: Places; readonly sources: SourcePages },
): Promise<string> {
  const base = resolve(where.papers, id);
  const readme = await readTextOrNull(`${base}/README.md`) ?? "";
  return await notesHtml(readme, (href) => sources.linkIn(href, { base, from: pagePath(id) }));
}

interface FoundResults {
  readonly golden: Golden;
  /** As the report names it. */
  readonly path: string;
}

/** Profiles in the order in which a report looks for their results. */
function profilesOf({ profile }: ReportOptions): readonly ProfileName[] {
  return profile ? [profile] : ["laptop", ...PROFILES.filter((name) => name !== "laptop")];
}

async function committedResults(
  id: string,
  where: Places,
  options: ReportOptions,
): Promise<FoundResults | null> {
  for (const name of profilesOf(options)) {
    const golden = await readGolden(where, id, name);
    if (golden) return { golden, path: shortName(goldenPath(where, id, name)) };
  }
  return null;
}

/** @throws {HarnessError} If a file of results is damaged. */
async function ownResults(id: string, where: Places, options: ReportOptions): Promise<FoundResults | null> {
  for (const name of profilesOf(options)) {
    const path = `${where.out}/${name}/${id}/${RESULTS_FILE}`;
    const text = await readTextOrNull(path);
    if (text !== null) return { golden: parseGolden(text, path), path: shortName(path) };
  }
  return null;
}

/** Where a paper's page is, below the site. */
function pagePath(name: string): string {
  return `papers/${name}.html`;
}

async function filesOf(
  reported: ReportedPaper,
  { where, sources, other }: {
    readonly where: Places;
    readonly sources: SourcePages;
    readonly other: ReportedPaper | undefined;
  },
): Promise<readonly ReportFile[]> {
  const { paper, results, page } = reported;
  const files: ReportFile[] = [];
  const pictures: Map<string, { width: number; height: number; images: boolean }> = new Map();
  for (const { artefact: { id }, stamped } of results?.evaluation.artefacts ?? []) {
    if (stamped === undefined) continue;
    const path = `papers/${page}/${id}`;
    if (stamped.kind === "table") {
      files.push({ path: `${path}.csv`, content: tableToCsv(stamped as Table) });
      continue;
    }
    const svg = await renderSvg(stamped as Figure);
    const size = /^<svg [^>]*width="(\d+)[^"]*" height="(\d+)/.exec(svg);
    if (size) {
      const [width, height] = [Number(size[1]), Number(size[2])];
      pictures.set(id, { width, height, images: svg.includes("<image") });
    }
    const spec = JSON.stringify((stamped as Figure).spec);
    files.push(
      { path: `${path}.svg`, content: svg },
      { path: `${path}.vl.json`, content: `${spec}\n` },
      // A page opened from the file system may load scripts, but not read JSON.
      { path: `${path}.js`, content: `refigure.draw(${JSON.stringify(id)}, ${spec});\n` },
    );
  }
  const link = (path: string) => sources.link(path, pagePath(page));
  const content = paperPage(reported, {
    pictures,
    other,
    code: link(`${where.papers}/${paper.id}`),
    notebook: link(`${PROJECT}notebooks/${paper.id}.ipynb`),
    codeOf: ({ module }) => link(fileURLToPath(module)),
  });
  return [...files, { path: pagePath(page), content }];
}

function isFile(path: string): Promise<boolean> {
  return Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

/** Removes files of an earlier report. */
async function removeOthers(folder: string, kept: ReadonlySet<string>, below = ""): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    const path = `${below}${name}`;
    if (path === API) continue;
    if (isDirectory) await removeOthers(folder, kept, `${path}/`);
    else if (!kept.has(path)) await Deno.remove(`${folder}/${path}`);
  }
}
