import type { Provenance } from "../../figures/mod.ts";
import { readBytesOrNull, readTextOrNull } from "../run/mod.ts";
import {
  type Artefact,
  HarnessError,
  jobId,
  type JobRecord,
  loadPaper,
  type Paper,
  type Places,
  type ProfileName,
  UsageError,
} from "../paper/mod.ts";
import { provenanceProblem } from "./_check_golden.ts";
import { renderArtefacts } from "./evaluate.ts";
import { allRecords, decidedPath, largestPlan, readDecided } from "./decided.ts";
import { type Golden, goldenPath, goldenRecords, parseGolden, readGolden } from "./goldens.ts";
import { RESULTS_FILE } from "./result_sets.ts";

/** The way from a figure back to what it was made of. */
export interface Trace {
  /** What the figure says about itself. */
  readonly provenance: Provenance;
  readonly paper: Paper;
  readonly artefact: Artefact;
  /** The results it was made from; `null` if none that are here have its digests. */
  readonly source: {
    /** The file that holds them. */
    readonly path: string;
    readonly golden: Golden;
    /** The jobs behind the figure. */
    readonly records: readonly JobRecord[];
    /** The data sets that these jobs read. */
    readonly data: Golden["provenance"]["data"];
  } | null;
  /** Files that were looked through for its results. */
  readonly searched: readonly string[];
  /** The command that makes this figure again, in a checkout of its commit. */
  readonly command: string;
}

/**
 * Reads what `stampProvenance` wrote into a figure.
 *
 * @param path A figure of this project: SVG, PNG or Vega-Lite specification (`.vl.json`).
 * @throws {UsageError} If the file holds no provenance, or a damaged one.
 */
export async function readProvenance(path: string): Promise<Provenance> {
  const bytes = await readBytesOrNull(path);
  if (bytes === null) throw new UsageError(`Cannot trace ${path} as there is no such file`);
  const text = await metadataText(bytes);
  const unescape = (xml: string) =>
    xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  let provenance: unknown;
  const svg = /<metadata>(.*?)<\/metadata>/s.exec(text);
  try {
    const meta = svg ? JSON.parse(unescape(svg[1])) : JSON.parse(text)?.usermeta;
    if (meta?.provenance?.paper !== undefined) provenance = meta.provenance;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (provenance !== undefined) {
    const problem = provenanceProblem(provenance);
    if (problem === null) return provenance as Provenance;
    throw new UsageError(
      `Cannot trace ${path} as what it says of where it comes from is damaged: ${problem}`,
    );
  }
  throw new UsageError(
    `Cannot trace ${path} as it must be a figure that this project made, as .svg, .png or .vl.json: it says nothing of ` +
      "where it comes from",
  );
}

/** The first bytes of every PNG. */
const PNG = [0x89, 0x50, 0x4e, 0x47];

/** The text that holds a figure's metadata; of a PNG that is damaged, or has none, an empty one. */
async function metadataText(bytes: Uint8Array): Promise<string> {
  if (!PNG.every((byte, i) => bytes[i] === byte)) return new TextDecoder().decode(bytes);
  const { pngMetadata } = await import("../../figures/mod.ts");
  try {
    return `{"usermeta":${pngMetadata(bytes) ?? "null"}}`;
  } catch {
    return "";
  }
}

/**
 * Follows a figure back to its jobs, data and code: reads its provenance and finds, among the results beside
 * it and the committed ones, those that have its digests.
 *
 * @throws {UsageError} If the file holds no provenance, or its paper or artefact is not known here.
 */
export async function traceFigure(path: string, where: Places): Promise<Trace> {
  const provenance = await readProvenance(path);
  const paper = await loadPaper(provenance.paper, where);
  const artefact = paper.artefacts.find(({ id }) => id === provenance.artefact);
  if (!artefact) {
    throw new UsageError(`Cannot trace ${path} as ${paper.id} no longer has ${provenance.artefact}`);
  }
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
  const searched = [
    `${folder}/${RESULTS_FILE}`,
    goldenPath(where, paper.id, provenance.profile as ProfileName),
  ];
  let source: Trace["source"] = null;
  for (const file of searched) source ??= await matching(file, artefact, provenance);
  if (artefact.largest && provenance.profile === "laptop") {
    searched.push(decidedPath(where, paper.id));
    source ??= await matchingBeyond(where, paper, artefact, provenance);
  }
  const seeds = source?.golden.plan.seeds;
  const checkout = provenance.commit === null ? "" : `git checkout ${provenance.commit.replace("+", "")} && `;
  return {
    provenance,
    paper,
    artefact,
    source,
    searched,
    command:
      `${checkout}deno task reproduce ${paper.id} --profile ${provenance.profile} --only "${artefact.id}"` +
      (seeds === undefined ? "" : ` --seeds ${seeds}`) +
      (source === null || source.golden.executor === "native" ? "" : ` --executor ${source.golden.executor}`),
  };
}

async function matching(
  path: string,
  artefact: Artefact,
  provenance: Provenance,
): Promise<Trace["source"]> {
  const text = await readTextOrNull(path);
  if (text === null) return null;
  let golden: Golden;
  try {
    golden = parseGolden(text, path);
  } catch (error) {
    if (error instanceof HarnessError) return null; // not the results of this figure
    throw error;
  }
  return await madeOf(golden, path, artefact, provenance);
}

/** The results that `decide` has added, with the profile's own, if the figure was made of these. */
async function matchingBeyond(
  where: Places,
  paper: Paper,
  artefact: Artefact,
  provenance: Provenance,
): Promise<Trace["source"]> {
  const [golden, decided] = [await readGolden(where, paper.id, "laptop"), await readDecided(where, paper.id)];
  if (golden === null || decided === null) return null;
  const both = {
    ...decided,
    plan: largestPlan(artefact, golden, decided),
    jobs: [...allRecords(golden, decided).values()],
  };
  return await madeOf(both, decidedPath(where, paper.id), artefact, provenance);
}

/** These results, if the figure was made of them. */
async function madeOf(
  golden: Golden,
  path: string,
  artefact: Artefact,
  { paper, digests }: Provenance,
): Promise<Trace["source"]> {
  const known = goldenRecords(golden);
  const [rendered] = await renderArtefacts({ artefacts: [artefact], claims: [] }, golden.plan, known);
  const experiments = Object.keys({ ...digests, ...rendered.digests });
  if (golden.paper !== paper || experiments.some((id) => digests[id] !== rendered.digests[id])) {
    return null;
  }
  const records = artefact.jobs(golden.plan).flatMap((job) => known.get(jobId(job)) ?? []);
  const read = new Set(records.flatMap(({ sources }) => Object.keys(sources)));
  const data = golden.provenance.data.filter(({ name }) => read.has(name));
  return { path, golden, records, data };
}
