import assert from "node:assert/strict";
import { serveFolder } from "../../../../lib/harness/report/serve.ts";
import { withFolder } from "../_helpers.ts";

/** Asks by hand, as `fetch` sets the host itself. */
async function ask(port: number, request: string): Promise<{ status: number; text: string }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${request}\r\nConnection: close\r\n\r\n`));
  const text = await new Response(connection.readable).text();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text };
}

Deno.test("serveFolder() answers by loopback names, to GET and HEAD, with files that lie in the folder", () =>
  withFolder(async (folder) => {
    const site = `${folder}/site`;
    await Deno.mkdir(`${site}/papers`, { recursive: true });
    await Deno.writeTextFile(`${site}/index.html`, "the start page");
    await Deno.writeTextFile(`${site}/papers/100% a#b.html`, "a page");
    await Deno.writeTextFile(`${folder}/secret`, "a secret");
    await Deno.mkdir(`${folder}/site-of-another`);
    await Deno.writeTextFile(`${folder}/site-of-another/secret`, "a secret");
    await Deno.symlink(`${folder}/secret`, `${site}/file`);
    await Deno.symlink(folder, `${site}/above`);
    await Deno.symlink(`${folder}/site-of-another`, `${site}/beside`);
    await Deno.symlink(`${site}/index.html`, `${site}/inside.html`);
    const stop = new AbortController();
    const server = serveFolder(site, { port: 0, signal: stop.signal });
    const { port } = server.addr;
    const get = (path: string, host = `127.0.0.1:${port}`) =>
      ask(port, `GET ${path} HTTP/1.1\r\nHost: ${host}`);
    try {
      for (const host of ["localhost", `LOCALHOST:${port}`, "127.0.0.1", "[::1]", `[::1]:${port}`]) {
        assert.equal((await get("/", host)).status, 200, host);
      }
      for (
        const host of [
          "example.org",
          `evil.example:${port}`,
          "127.0.0.1.example.org",
          "10.0.0.1",
          "localhost.x",
        ]
      ) {
        const { status, text } = await get("/", host);
        assert.equal(status, 403, host);
        assert.doesNotMatch(text, /the start page/);
      }
      for (const method of ["DELETE", "POST", "PUT", "PATCH", "OPTIONS"]) {
        const { status, text } = await ask(
          port,
          `${method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0`,
        );
        assert.equal(status, 405, method);
        assert.match(text, /\r\nallow: GET, HEAD\r\n/i);
      }
      const head = await ask(port, "HEAD / HTTP/1.1\r\nHost: localhost");
      assert.equal(head.status, 200);
      assert.match(head.text, /content-length: 14\r\n/i);
      assert.doesNotMatch(head.text, /the start page/);
      for (const path of ["/file", "/above/secret", "/beside/secret", "/above/site-of-another/secret"]) {
        assert.equal((await get(path)).status, 404, path);
      }
      assert.match((await get("/inside.html")).text, /the start page/);
      assert.match((await get("/papers/100%25%20a%23b.html")).text, /a page/);
    } finally {
      stop.abort();
      await server.finished;
    }
  }));
