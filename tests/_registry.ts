/** A stand-in for the registry JSR on this machine, with the library as `deno publish` would upload it. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { filesBelow } from "./lib/harness/_helpers.ts";

/** The part of `deno.json` that a registry reads. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** What an import means outside this checkout: its import map does not come along. */
function published(
  specifier: string,
  { importer, imports }: Package & { readonly importer: string },
): string {
  const [name, to] =
    Object.entries(imports).find(([name]) =>
      specifier === name || !name.endsWith("/") && specifier.startsWith(`${name}/`)
    ) ?? [];
  if (name === undefined || to === undefined) return specifier;
  if (!to.startsWith("./")) return to + specifier.slice(name.length);
  const way = posix.relative(posix.dirname(importer), to.slice("./".length));
  return way.startsWith(".") ? way : `./${way}`;
}

/** A module's text with its imports as they are published. */
function publishedText(text: string, options: Package & { readonly importer: string }): string {
  return text.replaceAll(
    /((?:\bfrom|^import|\bimport\(|@ts-types=)\s*")([^"\n]+)(?=")|(@jsxImportSource )(\S+)/gm,
    (_, before, specifier, pragma, source) => (before ?? pragma) + published(specifier ?? source, options),
  );
}

/**
 * Serves a folder of published files as a registry does.
 *
 * @returns the server; its address goes into `JSR_URL`.
 */
export async function serveRegistry(folder: string): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const configuration: Package = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
  const { name, version, exports } = configuration;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const path of await filesBelow(folder)) {
    const importer = path.slice(folder.length + 1), bytes = await Deno.readFile(path);
    const text = () => publishedText(new TextDecoder().decode(bytes), { ...configuration, importer });
    files.set(`/${importer}`, /\.tsx?$/.test(path) ? new TextEncoder().encode(text()) : bytes);
  }
  const manifest = Object.fromEntries(
    [...files].map(([path, bytes]) => [path, {
      size: bytes.length,
      checksum: `sha256-${createHash("sha256").update(bytes).digest("hex")}`,
    }]),
  );
  const type = (path: string) =>
    /\.tsx?$/.test(path) ? "text/typescript" : path.endsWith(".json") ? "application/json" : "text/plain";
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === `/${name}/meta.json`) {
      return Response.json({ latest: version, versions: { [version]: {} } });
    }
    if (pathname === `/${name}/${version}_meta.json`) return Response.json({ manifest, exports });
    const path = pathname.slice(`/${name}/${version}`.length), bytes = files.get(path);
    return bytes === undefined
      ? new Response("not there", { status: 404 })
      : new Response(bytes, { headers: { "content-type": type(path) } });
  });
}
