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

/**
 * Links to sources, `file:///…/x.ts`, become `…/source/x.ts.html`, imports get the package's name, and
 * defaults, which stand within sentences, a word instead of a tag.
 */
async function amend(report: string, folder: string): Promise<void> {
  const own = `file://${PROJECT}`.replaceAll("/", "&#x2F;");
  const { name: root } = await readProject();
  const pages = `${relative(folder, report)}/source/`;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await amend(report, path);
    if (!name.endsWith(".html")) continue;
    const html = (await Deno.readTextFile(path))
      .replaceAll(/href="(file:[^"]*)"/g, (link, target: string) => {
        if (!target.startsWith(own)) return link;
        return `href="${pages}${target.slice(own.length).replaceAll("&#x2F;", "/")}.html"`;
      })
      .replaceAll(
        /(import \{ [\w, ]+ \} from &quot;)(\w+|\.)(?=&quot;)/g,
        (_, before, door) => `${before}${root}${door === "." ? "" : `/${door}`}`,
      )
      .replaceAll("@default ", "Default: ");
    await Deno.writeTextFile(path, html);
  }
}

/** The first sentence that a door says of itself. */
async function aboutDoor(path: string): Promise<string> {
  const text = /^\/\*\*\n \* (.*?) \* @module\n/s.exec(await Deno.readTextFile(PROJECT + path))?.[1];
  if (text) return text.replaceAll(/\n \* ?/g, " ").split(/(?<=\.)\s/)[0];
  throw new Error(`Cannot say what ${path} holds as it must begin with a comment that ends with @module`);
}

/** A list of the doors, each with what is behind it. */
async function listDoors(folder: string): Promise<string> {
  const { name, exports } = await readProject();
  const items = Object.entries(exports).map(async ([door, path]) => {
    const about = (await aboutDoor(path)).replaceAll("&", "&amp;").replaceAll("<", "&lt;")
      .replaceAll(/`(.*?)`/g, "<code>$1</code>");
    const title = `<code>${name}${door.slice(1)}</code>`;
    if (door !== ".") return `<a class="contextLink" href="${door}/index.html">${title}</a>: ${about}`;
    // The root has no page but this one.
    const pages = [...Deno.readDirSync(`${folder}/~`)].map(({ name }) => name).sort();
    const links = pages.filter((page) => /^\w+\.html$/.test(page)).map((page) =>
      `<a class="contextLink" href="~/${page}"><code>${page.slice(0, -".html".length)}</code></a>`
    );
    return `${title}: ${about} ${links.join(" ")}`;
  });
  const list = (await Promise.all(items)).map((item) => `<li style="margin: 0.6em 0">${item}</li>`);
  return `<section class="markdown"><h2>Modules</h2><ul>${list.join("\n")}</ul></section>`;
}

if (import.meta.main) {
  if (Deno.args.includes("--lint")) {
    await Promise.all(Object.values((await readProject()).exports).map(aboutDoor));
    const { code, said } = await documentDoors("--lint");
    // deno-lint-ignore no-console -- a program
    if (code !== 0) console.error(said);
    Deno.exit(code);
  }
  await writeApi(`${places().out}/report`);
}
