/**
 * The API reference: `deno doc` of every door in `deno.json`. Run as a program it writes the report's `api`
 * (`deno task api`), or with `--lint` tells what is undocumented (`deno task check`).
 */
import { relative } from "node:path";
import { places, PROJECT } from "../lib/harness/paper/places.ts";

/** What stands in the reference for TensorFlow.js, whose 900 functions have a reference of their own. */
const TFJS = `/**
 * TensorFlow.js, see its own reference at https://js.tensorflow.org/api/latest/.
 *
 * @module
 */
export {};
`;

const dataUrl = (type: string, text: string) => `data:${type},${encodeURIComponent(text)}`;

/**
 * Runs `deno doc` on all doors. It asks for nothing from the network.
 *
 * @returns its exit code, and what it said but for warnings of Node's types.
 */
export async function documentDoors(...options: readonly string[]): Promise<{ code: number; said: string }> {
  const { exports, imports } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
  const absolute = Object.entries<string>(imports).map(([name, to]) => [
    name,
    to.startsWith("./") ? new URL(to, `file://${PROJECT}`).href : to,
  ]);
  const map = {
    imports: { ...Object.fromEntries(absolute), "@tensorflow/tfjs": dataUrl("text/typescript", TFJS) },
  };
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "doc",
      `--import-map=${dataUrl("application/json", JSON.stringify(map))}`,
      ...options,
      ...Object.values<string>(exports),
    ],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  const lines = new TextDecoder().decode(stderr).split("\n");
  const warns = (line: string | undefined) => line?.startsWith("Warning Failed resolving types.");
  return { code, said: lines.filter((line, i) => !warns(line) && !warns(lines[i - 1])).join("\n").trim() };
}

/**
 * Writes the reference as HTML into `api` of a report's folder. Its links to sources lead to the report's
 * pages of them, which `buildReport` makes if the reference is there.
 */
export async function writeApi(report: string): Promise<void> {
  const folder = `${report}/api`;
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true });
  const { code, said } = await documentDoors("--html", "--name=refigure", `--output=${folder}`);
  if (code !== 0) throw new Error(`Cannot write the reference: ${said}`);
  await toReportSources(report, folder);
}

/** `file:///…/lib/x.ts` → `…/source/lib/x.ts.html`. */
async function toReportSources(report: string, folder: string): Promise<void> {
  const own = `file://${PROJECT}`.replaceAll("/", "&#x2F;");
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await toReportSources(report, path);
    else if (name.endsWith(".html")) {
      const html = await Deno.readTextFile(path);
      const pages = `${relative(folder, report)}/source/`;
      const linked = html.replaceAll(
        /href="(file:[^"]*)"/g,
        (link, target: string) =>
          target.startsWith(own)
            ? `href="${pages}${target.slice(own.length).replaceAll("&#x2F;", "/")}.html"`
            : link,
      );
      await Deno.writeTextFile(path, linked);
    }
  }
}

if (import.meta.main) {
  if (Deno.args.includes("--lint")) {
    const { code, said } = await documentDoors("--lint");
    // deno-lint-ignore no-console -- a program
    if (code !== 0) console.error(said);
    Deno.exit(code);
  }
  await writeApi(`${places().out}/report`);
}
