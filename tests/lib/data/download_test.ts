import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { downloadDataSet, findDataSet, sha256 } from "../../../lib/data/mod.ts";
import { downloadFile } from "../../../lib/data/_download_file.ts";

const CONTENT = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251);

/** What the server does with the n-th request (from 0). */
type Behaviour = (request: Request, n: number) => Response | Promise<Response>;

interface Site {
  readonly url: string;
  readonly folder: string;
  /** The Range header of each request so far (`-` without one). */
  readonly ranges: string[];
}

/** Runs `body` with a server on this machine and an empty folder. */
async function withSite(behaviour: Behaviour, body: (site: Site) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const ranges: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    ranges.push(request.headers.get("range") ?? "-");
    return behaviour(request, ranges.length - 1);
  });
  try {
    await body({ url: `http://127.0.0.1:${server.addr.port}/a.npz`, folder, ranges });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Serves CONTENT as a good server does, ranges included. */
const serve: Behaviour = (request) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
  return new Response(CONTENT.slice(start), { status: start > 0 ? 206 : 200 });
};

/** Serves some bytes from the start of what was asked for, then breaks the connection. */
const cutAfter = (count: number): Behaviour => (request) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
  // A body shorter than announced: the server ends the connection.
  return new Response(CONTENT.slice(start, start + count), {
    status: start > 0 ? 206 : 200,
    headers: { "content-length": String(CONTENT.length - start) },
  });
};

const options = { fetch, attempts: 3, retryDelayMs: 1, silenceMs: 5000, onBytes: () => {} };
const file = (url: string) => ({ path: "a.npz", url, bytes: CONTENT.length, sha256: sha256(CONTENT) });
const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("downloadFile() fetches, verifies and leaves only the file", () =>
  withSite(serve, async ({ url, folder, ranges }) => {
    const path = join(folder, "deep", "a.npz");
    const seen: number[] = [];
    await downloadFile(file(url), path, { ...options, onBytes: (count) => seen.push(count) });
    assert.deepEqual(await Deno.readFile(path), CONTENT);
    assert.deepEqual(await names(join(folder, "deep")), ["a.npz"]);
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    assert.equal(seen.at(-1), CONTENT.length);
    await downloadFile(file(url), path, options);
    assert.deepEqual(ranges, ["-"], "a file that is right is not fetched again");
  }));

Deno.test("downloadFile() continues where the connection was cut", () =>
  withSite(
    (request, n) => (n === 0 ? cutAfter(70_000) : serve)(request, n),
    async ({ url, folder, ranges }) => {
      await downloadFile(file(url), join(folder, "a.npz"), options);
      assert.deepEqual(await Deno.readFile(join(folder, "a.npz")), CONTENT);
      assert.deepEqual(ranges, ["-", "bytes=70000-"]);
    },
  ));

Deno.test("downloadFile() continues a stopped download of an earlier run", () =>
  withSite(serve, async ({ url, folder, ranges }) => {
    await Deno.writeFile(join(folder, "a.npz.part"), CONTENT.subarray(0, 1234));
    await downloadFile(file(url), join(folder, "a.npz"), options);
    assert.deepEqual(await Deno.readFile(join(folder, "a.npz")), CONTENT);
    assert.deepEqual(ranges, ["bytes=1234-"]);
  }));

Deno.test("downloadFile() starts again when the server knows no ranges", () =>
  withSite(() => new Response(CONTENT), async ({ url, folder }) => {
    await Deno.writeFile(join(folder, "a.npz.part"), CONTENT.subarray(0, 1234));
    await downloadFile(file(url), join(folder, "a.npz"), options);
    assert.deepEqual(await Deno.readFile(join(folder, "a.npz")), CONTENT);
  }));

Deno.test("downloadFile() starts again when the earlier part was wrong", () =>
  withSite(serve, async ({ url, folder, ranges }) => {
    await Deno.writeFile(join(folder, "a.npz.part"), new Uint8Array(1234));
    await downloadFile(file(url), join(folder, "a.npz"), options);
    assert.deepEqual(await Deno.readFile(join(folder, "a.npz")), CONTENT);
    assert.deepEqual(ranges, ["bytes=1234-", "-"]);
  }));

Deno.test("downloadFile() replaces a file whose digest is wrong", () =>
  withSite(serve, async ({ url, folder }) => {
    await Deno.writeFile(join(folder, "a.npz"), new Uint8Array(CONTENT.length));
    await downloadFile(file(url), join(folder, "a.npz"), options);
    assert.deepEqual(await Deno.readFile(join(folder, "a.npz")), CONTENT);
  }));

Deno.test("downloadFile() does the work once when called twice at once", () =>
  withSite(serve, async ({ url, folder, ranges }) => {
    const path = join(folder, "a.npz");
    await Promise.all([1, 2, 3].map(() => downloadFile(file(url), path, options)));
    assert.deepEqual(await Deno.readFile(path), CONTENT);
    assert.deepEqual(ranges, ["-"]);
    assert.deepEqual(await names(folder), ["a.npz"]);
  }));

Deno.test("downloadFile() repeats after a server error, with growing waits", () =>
  withSite(
    (request, n) => (n < 2 ? new Response(null, { status: 503 }) : serve(request, n)),
    async (site) => {
      const start = performance.now();
      await downloadFile(file(site.url), join(site.folder, "a.npz"), { ...options, retryDelayMs: 20 });
      assert.ok(performance.now() - start >= 20 + 40 - 2);
      assert.equal(site.ranges.length, 3);
    },
  ));

const FAILURES: readonly (readonly [string, Behaviour, number, RegExp])[] = [
  [
    "404",
    () => new Response("no", { status: 404 }),
    1,
    /the server answered 404 Not Found; put the file at .*a\.npz/,
  ],
  ["503 for good", () => new Response(null, { status: 503 }), 3, /answered 503 .*; try again/],
  [
    "other content",
    () => new Response(CONTENT.map((x) => x ^ 1)),
    1,
    /its SHA-256 must be \w{64}: current value is \w{64}/,
  ],
  [
    "more bytes than it should",
    () => new Response(new Uint8Array(300_000)),
    1,
    /sent more than 200000 bytes/,
  ],
  [
    "less, each time",
    () => new Response(CONTENT.slice(0, 5)),
    3,
    /the connection ended after 5 of 200000 bytes; try again/,
  ],
];
for (const [what, behaviour, requests, message] of FAILURES) {
  Deno.test(`downloadFile() says what to do when the server sends ${what}`, () =>
    withSite(behaviour, async ({ url, folder, ranges }) => {
      await assert.rejects(downloadFile(file(url), join(folder, "a.npz"), options), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.includes(url) && !error.message.includes("\n"), error.message);
        return true;
      });
      assert.equal(ranges.length, requests);
      assert.ok(!(await names(folder)).includes("a.npz"));
    }));
}

Deno.test("downloadFile() says so when there is no connection", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}/a.npz`;
  listener.close(); // nobody listens there now
  const folder = await Deno.makeTempDir();
  await assert.rejects(downloadFile(file(url), join(folder, "a.npz"), options), {
    message: /there is no connection .*; try again/,
  });
  assert.deepEqual(await names(folder), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("downloadFile() gives up on a server that falls silent", async () => {
  const ended = Promise.withResolvers<void>();
  const silent: Behaviour = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(CONTENT.slice(0, 10)),
        cancel: () => ended.resolve(),
      }),
    );
  await withSite(silent, async ({ url, folder }) => {
    const impatient = { ...options, attempts: 1, silenceMs: 100 };
    await assert.rejects(downloadFile(file(url), join(folder, "a.npz"), impatient), {
      message: /the server sent nothing for/,
    });
    await ended.promise;
    assert.equal((await Deno.stat(join(folder, "a.npz.part"))).size, 10, "what came is kept");
  });
});

Deno.test("downloadFile() stops at a signal and keeps what it has", () =>
  withSite(cutAfter(1000), async ({ url, folder }) => {
    const stop = new AbortController();
    const onBytes = (count: number) => count > 0 && stop.abort(new Error("stopped by the user"));
    await assert.rejects(
      downloadFile(file(url), join(folder, "a.npz"), { ...options, onBytes, signal: stop.signal }),
      { message: "stopped by the user" },
    );
    assert.deepEqual(await names(folder), ["a.npz.part"]);
  }));

Deno.test("downloadFile() says so when the disk is full", () =>
  withSite(serve, async ({ url, folder, ranges }) => {
    const { write } = Deno.FsFile.prototype;
    // The error that Deno throws on Linux when a device is full.
    Deno.FsFile.prototype.write = () =>
      Promise.reject(Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" }));
    try {
      await assert.rejects(downloadFile(file(url), join(folder, "a.npz"), options), {
        message: /as the disk is full; free some space and try again$/,
      });
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    assert.equal(ranges.length, 1, "not tried again");
    assert.deepEqual(await names(folder), []);
  }));

Deno.test("downloadDataSet() asks for the published address and puts the file where loading looks", () =>
  withSite(() => new Response("not the data"), async ({ folder, url, ranges }) => {
    const asked: string[] = [];
    const mirror: typeof fetch = (input, init) => {
      asked.push(String(input));
      return fetch(url, init);
    };
    await assert.rejects(
      downloadDataSet("adbench/14_glass", { root: folder, fetch: mirror, attempts: 2, retryDelayMs: 1 }),
      /SHA-256|ended after/,
    );
    assert.ok(ranges.length >= 1);
    assert.equal(asked[0], findDataSet("adbench/14_glass").files[0].url);
    assert.match(asked[0], /^https:\/\/raw\.githubusercontent\.com\/.*\/Classical\/14_glass\.npz$/);
    assert.deepEqual(await names(join(folder, "adbench")), ["Classical"]);
  }));

const glass = await Deno.readFile(
  join(Deno.env.get("REFIGURE_DATA") ?? "", "adbench/Classical/14_glass.npz"),
).catch(() => undefined);
Deno.test({
  name: `downloadDataSet() fetches a real set${glass ? "" : " (skipped: no copy in REFIGURE_DATA to serve)"}`,
  ignore: glass === undefined,
  fn: () =>
    withSite(() => new Response(glass!.slice()), async ({ folder, url }) => {
      const fetchHere: typeof fetch = (_, init) => fetch(url, init);
      const progress: number[] = [];
      const paths = await downloadDataSet("adbench/14_glass", {
        root: folder,
        fetch: fetchHere,
        onProgress: ({ receivedBytes, totalBytes }) => progress.push(receivedBytes / totalBytes),
      });
      assert.deepEqual(paths, [join(folder, "adbench/Classical/14_glass.npz")]);
      assert.deepEqual(await Deno.readFile(paths[0]), glass);
      assert.equal(progress.at(-1), 1);
    }),
});

Deno.test("downloadFile() knows a packed file by its content", () => {
  const packed = gzipSync(CONTENT, { level: 1 });
  const answer = (bytes: Uint8Array) => () => new Response(bytes as Uint8Array<ArrayBuffer>);
  const expected = { path: "a.npz", bytes: packed.length, sha256: sha256(CONTENT), gzip: true } as const;
  return withSite(answer(packed), async ({ url, folder, ranges }) => {
    const path = join(folder, "a.npz");
    await downloadFile({ ...expected, url }, path, options);
    assert.deepEqual(await Deno.readFile(path), packed);
    // Another packing of the same content is right as well, and is not fetched again.
    await Deno.writeFile(path, gzipSync(CONTENT, { level: 9 }));
    await downloadFile({ ...expected, url }, path, options);
    assert.equal(ranges.length, 1);
    await Deno.writeTextFile(path, "damaged");
    await downloadFile({ ...expected, url }, path, options);
    assert.equal(ranges.length, 2);
  });
});
