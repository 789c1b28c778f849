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

/** What `deno.json` says of the package. */
async function readProject(): Promise<{
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}> {
  return JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
}

/**
 * Runs `deno doc` on all doors. It asks for nothing from the network.
 *
 * @returns its exit code, and what it said but for warnings of Node's types.
 */
export async function documentDoors(...options: readonly string[]): Promise<{ code: number; said: string }> {
  const { exports, imports } = await readProject();
  const absolute = Object.entries(imports).map(([name, to]) => [
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
      ...Object.values(exports),
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
  await amend(report, folder);
  const index = await Deno.readTextFile(`${folder}/index.html`);
  await Deno.writeTextFile(
    `${folder}/index.html`,
    index.replace("</main>", `${await listDoors(folder)}</main>`),
  );
}

/** Links to sources, `file:///…/x.ts`, become `…/source/x.ts.html`; imports get the package's name. */
async function amend(report: string, folder: string): Promise<void> {
  const own = `file://${PROJECT}`.replaceAll("/", "&#x2F;");
  const { name: root } = await readProject();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await amend(report, path);
    else if (name.endsWith(".html")) {
      const html = await Deno.readTextFile(path);
      const pages = `${relative(folder, report)}/source/`;
      const linked = html.replaceAll(
        /href="(file:[^"]*)"/g,
        (link, target: string) =>
          target.startsWith(own)
            ? `href="${pages}${target.slice(own.length).replaceAll("&#x2F;", "/")}.html"`
            : link,
      )
        .replaceAll(
          /(import \{ [\w, ]+ \} from &quot;)(\w+|\.)(&quot;)/g,
          (_, before, door, after) => `${before}${root}${door === "." ? "" : `/${door}`}${after}`,
        );
      await Deno.writeTextFile(path, linked);
    }
  }
}

/** A list of the doors, each with what is behind it. */
async function listDoors(folder: string): Promise<string> {
  const { name, exports } = await readProject();
  const items = Object.entries(exports).map(async ([door, path]) => {
    const about = /^\/\*\*\n \* (.*?)\n \*\n \*?/s.exec(await Deno.readTextFile(PROJECT + path))?.[1];
    if (!about) throw new Error(`Cannot list ${path} as it does not begin with a comment of its own`);
    const [said] = about.replaceAll("\n * ", " ").split(/(?<=\.)\s/);
    const names = door === "." ? [...Deno.readDirSync(`${folder}/~`)].map(({ name }) => name).sort() : [];
    const links = names.filter((name) => /^\w+\.html$/.test(name)).map((name) =>
      `<a class="contextLink" href="~/${name}"><code>${name.slice(0, -".html".length)}</code></a>`
    );
    const title = `<code>${name}${door.slice(1)}</code>`;
    const link = door === "." ? title : `<a class="contextLink" href="${door}/index.html">${title}</a>`;
    const html = said.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(
      /`(.*?)`/g,
      "<code>$1</code>",
    );
    return `<li style="margin: 0.6em 0">${link}: ${html} ${links.join(" ")}</li>`;
  });
  return `<section class="markdown"><h2>Modules</h2><ul>${
    (await Promise.all(items)).join("\n")
  }</ul></section>`;
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
