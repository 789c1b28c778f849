import { extname } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/**
 * Serves a folder on the loopback interface, so to this machine only.
 *
 * @param port 0: any that is free.
 */
export function serveFolder(
  folder: string,
  options: { readonly port: number; readonly signal: AbortSignal },
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", ...options, onListen: () => {} }, async (request) => {
    try {
      let path = decodeURIComponent(new URL(request.url).pathname);
      if (path.endsWith("/")) path += "index.html";
      // URL has resolved plain `..` already; encoded ones are refused.
      if (path.split(/[\\/]/).includes("..")) return new Response("Not found", { status: 404 });
      const file = await Deno.readFile(`${folder}${path}`);
      return new Response(file, {
        headers: { "content-type": TYPES[extname(path)] ?? "application/octet-stream" },
      });
    } catch {
      return new Response("Not found", { status: 404 });
    }
  });
}
