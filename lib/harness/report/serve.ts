import { extname } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** Names of this machine's loopback interface. A page elsewhere can make a browser ask by another name. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Serves a folder on the loopback interface, so to this machine only: the files that lie in it, to whoever
 * asks by a name of the loopback interface.
 *
 * @param port 0: any that is free.
 */
export function serveFolder(
  folder: string,
  options: { readonly port: number; readonly signal: AbortSignal },
): Deno.HttpServer<Deno.NetAddr> {
  const refuse = (status: number, text: string, headers: Record<string, string> = {}) =>
    new Response(text, { status, headers });
  return Deno.serve({ hostname: "127.0.0.1", ...options, onListen: () => {} }, async (request) => {
    const host = (request.headers.get("host") ?? "").toLowerCase().replace(/:\d+$/, "");
    if (!LOOPBACK.has(host)) return refuse(403, "Forbidden: ask for 127.0.0.1");
    if (!["GET", "HEAD"].includes(request.method)) {
      return refuse(405, "Method not allowed", { allow: "GET, HEAD" });
    }
    try {
      let path = decodeURIComponent(new URL(request.url).pathname);
      if (path.endsWith("/")) path += "index.html";
      // URL has resolved plain `..` already; encoded ones are refused.
      if (path.split(/[\\/]/).includes("..")) return refuse(404, "Not found");
      const file = await Deno.realPath(`${folder}${path}`);
      // A link may lead out.
      if (!file.startsWith(`${await Deno.realPath(folder)}/`)) return refuse(404, "Not found");
      const content = await Deno.readFile(file);
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      return new Response(request.method === "HEAD" ? null : content, {
        headers: {
          ...{ "content-type": type, "content-length": String(content.length) },
          "x-content-type-options": "nosniff",
        },
      });
    } catch {
      return refuse(404, "Not found");
    }
  });
}
