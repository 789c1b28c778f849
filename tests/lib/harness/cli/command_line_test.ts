import assert from "node:assert/strict";
import { WITHOUT_C } from "../../compile/_executors.ts";
import { type Platform, platformFinding } from "../../../../lib/harness/cli/commands/_platforms.ts";
import { refigure, withFolder } from "../_helpers.ts";

/** Wrong usage: arguments and the one line that explains it. */
const WRONG: readonly (readonly [string[], RegExp])[] = [
  [
    ["reproduce", "0000.0000"],
    /^error: Cannot find the paper "0000\.0000" in .* Did you mean "0000\.00000"\?$/,
  ],
  [["verify", "1234.56789"], /^error: Cannot find the paper "1234\.56789"/],
  [
    ["reproduce", "--seeds", "-1"],
    /^error: option '--seeds <N>' argument '-1' is invalid\. It must be an integer >= 1\.$/,
  ],
  [["reproduce", "--seeds", "1.5"], /'1\.5' is invalid/],
  [["reproduce", "--seeds", "two"], /'two' is invalid/],
  [["reproduce", "--jobs", "0"], /'0' is invalid\. It must be an integer >= 1\.$/],
  [["reproduce", "--profile", "labtop"], /Did you mean "laptop"\?$/],
  [["reproduce", "--executor", "nativ"], /Did you mean "native"\?$/],
  [
    ["reproduce", "0000.00000", "--only", "Figure 12"],
    /has no such figure, table or claim\. Did you mean "Figure 1"\?$/,
  ],
  [["reproduce", "--sedes", "1"], /^error: unknown option '--sedes' \(Did you mean --seeds\?\)$/],
  [["reprodce"], /^error: unknown command 'reprodce' \(Did you mean reproduce\?\)$/],
  [["reproduce", "--on", "slrm"], /'slrm' is invalid\. It must be one of slurm, files\.$/],
  [["reproduce", "0000.00000", "--detach"], /^error: Cannot use --detach without --on slurm$/],
  [["verify", "--slurm", "--partition=x"], /^error: Cannot use --slurm without --on slurm$/],
  [["verify", "--tolerance", "-0.1"], /It must be a number >= 0\.$/],
  [["data", "where", "adbench/6_cardoi"], /did you mean adbench\/6_cardio\?$/],
];

Deno.test("the command line explains wrong usage on one line and exits with 2", () =>
  withFolder(async (folder) => {
    for (const [args, message] of WRONG) {
      const { code, stdout, stderr } = await refigure({ args, folder });
      assert.equal(code, 2, `${args}: ${stderr}`);
      assert.match(stderr.trimEnd(), message);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
      assert.equal(stdout, "");
    }
    // Nothing was begun.
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("the command line tells on one line of what is no file, and of an output that takes no more", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/a.svg`);
    await Deno.symlink(`${folder}/loop.svg`, `${folder}/loop.svg`);
    const cases: readonly (readonly [string[], RegExp])[] = [
      [
        ["trace", `${folder}/a.svg`],
        /^error: Cannot read .*\/a\.svg as it must be a file: it is a folder\n$/,
      ],
      [
        ["trace", `${folder}/loop.svg`],
        /^error: Cannot read .*\/loop\.svg as a link in its path leads back to itself/,
      ],
      [
        ["compare", `${folder}/loop.svg`, "x"],
        /^error: Cannot read .* as a link in its path leads back to itself/,
      ],
      [["trace", `${folder}/a.svg/none.svg`], /^error: Cannot trace .* as there is no such file\n$/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await refigure({ args, folder });
      assert.match(stderr, message);
      assert.ok(code > 0);
    }
    const loop = await refigure({ args: ["list"], folder, papers: `${folder}/loop.svg` });
    assert.match(loop.stderr, /^error: Cannot list the papers as the folder .* cannot be read: .*\n$/);
  }));

Deno.test({
  name: "a full standard output is told, not passed over (needs Linux)",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      const command = `exec "$@" > /dev/full`;
      const { code, stderr } = await refigure({
        args: ["list"],
        folder,
        through: ["/bin/sh", "-c", command, "sh"],
      });
      assert.equal(code, 1);
      assert.match(stderr, /^error: Cannot print all as the output takes no more: .*\n$/);
    }),
});

Deno.test("the command line checks all papers before it runs one", () =>
  withFolder(async (folder) => {
    const args = ["reproduce", "0000.00000", "0000.99999"];
    assert.equal((await refigure({ args, folder })).code, 2);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("--help shows usage, options and examples", () =>
  withFolder(async (folder) => {
    for (const command of ["reproduce", "verify", "audit", "decide", "bless", "list", "data"]) {
      const { code, stdout, stderr } = await refigure({ args: [command, "--help"], folder });
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^Usage: refigure ${command} `));
      assert.match(stdout, /Examples:\n {2}deno task /);
    }
    const { stdout } = await refigure({ args: ["--help"], folder });
    assert.match(stdout, /Exit codes: 0 done, 1 failed/);
  }));

Deno.test("--help does not load engines or plotting", async () => {
  const { moduleGraph } = await import("../../../../lib/harness/run/module_graph.ts");
  const { modules } = await staticImports(import.meta.resolve("../../../../lib/harness/cli/main.ts"));
  const packages = modules.filter((name) => name.startsWith("npm:"));
  assert.deepEqual(
    [...new Set(packages.map((name) => name.replace(/^npm:\/?([^@]+)@.*$/, "$1")))].sort(),
    ["commander", "fastest-levenshtein"],
  );
  // While the whole program does use them.
  const all = await moduleGraph(import.meta.resolve("../../../../lib/harness/cli/main.ts"));
  assert.ok(all.packages.some((name) => name.startsWith("vega@")));
});

/** Modules that a module loads at its start, without `import()`. */
async function staticImports(entry: string): Promise<{ modules: string[] }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry] }).output();
  const info = JSON.parse(new TextDecoder().decode(stdout));
  const seen = new Set<string>();
  const visit = (name: string) => {
    const specifier = info.redirects[name] ?? name;
    if (seen.has(specifier)) return;
    seen.add(specifier);
    const module = info.modules.find((module: { specifier: string }) => module.specifier === specifier);
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (code && !isDynamic) visit(code.specifier);
    }
  };
  visit(entry);
  return { modules: [...seen] };
}

Deno.test("list shows the papers, or what can be made of one", () =>
  withFolder(async (folder) => {
    const all = await refigure({ args: ["list"], folder });
    assert.equal(all.code, 0, all.stderr);
    assert.match(all.stdout, /0000\.00000 .*On squares\n0000\.00001 .*On failures\n$/);
    const one = await refigure({ args: ["list", "0000.00000"], folder });
    assert.match(one.stdout, /figure-1 +Figure 1 +Squares\ntable-1 +Table 1/);
    assert.match(one.stdout, /growth +Section 1 +Squares grow\./);
    const [paper] = JSON.parse((await refigure({ args: ["list", "0000.00000", "--json"], folder })).stdout);
    assert.equal(paper.artefacts[0].location, "Figure 1");
  }));

Deno.test("doctor finds the executors and says what is missing", () =>
  withFolder(async (folder) => {
    const { code, stdout, stderr } = await refigure({ args: ["doctor", "--json"], folder });
    assert.equal(code, 0, stderr);
    const findings: { what: string; ok: boolean | null; detail: string }[] = JSON.parse(stdout);
    for (const name of ["native", "wasm", "eager"]) {
      const finding = findings.find(({ what }) => what === `executor ${name}`);
      assert.equal(finding?.ok, true, JSON.stringify(finding));
    }
    assert.match(findings.find(({ what }) => what === "data sets")!.detail, /^\d+ of \d+ are here/);
    const ofC = (list: typeof findings) => list.find(({ what }) => what === "executor c");
    assert.equal(ofC(findings)?.ok, WITHOUT_C === undefined, JSON.stringify(ofC(findings)));
    const without = await refigure({ args: ["doctor", "--json"], folder, env: { CC: "/nonexistent/cc" } });
    const missing = ofC(JSON.parse(without.stdout));
    assert.equal(missing?.ok, false);
    assert.match(
      missing.detail,
      /no C compiler was found: install gcc or clang .*current value is \/nonexistent\/cc$/,
    );
    for (const what of ["platform", "deno", "disk", "network", "git"]) {
      assert.ok(findings.some((finding) => finding.what === what && finding.detail !== ""), what);
    }
  }));

Deno.test("doctor says where it was tried, where not, and what to do elsewhere", () => {
  const linux = {
    os: "linux",
    arch: "x86_64",
    target: "x86_64-unknown-linux-gnu",
    release: "6.1",
  } as const;
  const known = (platform: Partial<Platform>) => platformFinding({ ...linux, ...platform });
  assert.deepEqual([known({}).ok, known({}).detail], [true, "Linux on x86-64 with glibc: tried"]);
  const windows = known({ os: "windows", target: "x86_64-pc-windows-msvc" });
  assert.equal(windows.ok, false);
  assert.match(windows.detail, /Subsystem/);
  for (
    const [platform, detail] of [
      [{ release: "5.15.90.1-microsoft-standard-WSL2" }, /^Windows Subsystem for Linux: untried/],
      [{ target: "x86_64-unknown-linux-musl" }, /^Linux with musl \(Alpine\): untried.*--executor wasm/],
      [{ arch: "aarch64", target: "aarch64-unknown-linux-gnu" }, /^Linux on ARM: untried/],
      [{ os: "darwin", arch: "aarch64" }, /^macOS on Apple silicon: untried/],
      [{ os: "darwin" }, /^macOS on Intel: untried.*--executor wasm/],
      [{ os: "freebsd", target: "x86_64-unknown-freebsd" }, /^x86_64-unknown-freebsd: untried/],
    ] as const
  ) {
    const finding = known(platform);
    assert.equal(finding.ok, null);
    assert.match(finding.detail, detail);
  }
});
