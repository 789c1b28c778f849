import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { inspectCheckout } from "../../../../lib/harness/results/provenance.ts";
import { filesBelow, PAPERS, refigure, withFolder } from "../_helpers.ts";

/** Every character that a shell, an address, a pattern or a list of paths takes for something else. */
const NAME = 'C# 100% q?x [d]{e} it\'s "q" naïve 漢字 a,b;c&d|e $HOME * ~ \\ ! (f) `g` <h> %20 =';

const SMOKE = ["reproduce", "0000.00000", "--profile", "smoke", "--jobs", "1"];

/** A copy of the checkout by hard links, with its packages elsewhere. */
async function copyTo(folder: string, modules: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const names = [
    "lib",
    "reproductions",
    "fixtures",
    "notebooks",
    "bench",
    "mod.ts",
    "deno.json",
    "deno.lock",
  ];
  for (const name of names) {
    await run("cp", { args: ["-al", `${PROJECT}${name}`, folder] });
  }
  await Deno.symlink(modules, `${folder}/node_modules`);
}

/** A copy of the fake papers that imports from a checkout. */
async function copyPapers(papers: string, checkout: string): Promise<void> {
  for (const id of ["0000.00000", "0000.00001"]) {
    await Deno.mkdir(`${papers}/${id}`, { recursive: true });
    for await (const { name } of Deno.readDir(`${PAPERS}/${id}`)) {
      const text = await Deno.readTextFile(`${PAPERS}/${id}/${name}`);
      const lib = pathToFileURL(`${checkout}/lib`).href;
      await Deno.writeTextFile(`${papers}/${id}/${name}`, text.replaceAll("../../../../../lib", lib));
    }
  }
}

interface RunOptions {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

async function run(program: string, { args, cwd, env, uid }: RunOptions) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    ...uid === undefined ? {} : { uid, gid: uid },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

const root = Deno.build.os === "linux" && Deno.uid() === 0;
const unlessRoot = root ? "" : " (skipped: only root may act as others)";

/** Deno's own cache, which else moves with `XDG_CACHE_HOME`. */
const { stdout: info } = await run(Deno.execPath(), { args: ["info", "--json"] });
const DENO_DIR = { DENO_DIR: (JSON.parse(info) as { readonly denoDir: string }).denoDir };

/** Any user but root. */
const SOMEBODY = 65534;

/** Runs what follows where /mnt is a disk on which nothing may be executed. */
const NOEXEC = ["--mount", "sh", "-c", 'mount -t tmpfs -o noexec,size=40m tmpfs /mnt && exec "$@"', "sh"];
const mountable = root && (await run("unshare", { args: [...NOEXEC, "true"] }).catch(() => null))?.code === 0;

Deno.test({
  name: `commands work where temporary files may not be executed${
    mountable ? "" : " (skipped: no disk can be mounted)"
  }`,
  ignore: !mountable,
  fn: () =>
    withFolder(async (folder) => {
      const through = ["unshare", ...NOEXEC];
      const args = ["reproduce", "0000.00000", "--profile", "smoke", "--executor", "eager", "--jobs", "1"];
      const cache = { TMPDIR: "/mnt", XDG_CACHE_HOME: `${folder}/cache` };
      const kept = await refigure({ args, folder, through, env: { ...DENO_DIR, ...cache } });
      assert.equal(kept.code, 0, kept.stderr);
      assert.deepEqual(await filesBelow(`${folder}/cache`), []);
      const nowhere = { TMPDIR: "/mnt", XDG_CACHE_HOME: "/mnt" };
      for (const [command, code, said] of [[args, 1, "error"], [["doctor"], 0, "warning"]] as const) {
        const result = await refigure({ args: command, folder, through, env: { ...DENO_DIR, ...nowhere } });
        assert.equal(result.code, code, result.stderr);
        assert.match(result.stderr, new RegExp(`^${said}: Cannot start workers as .*: set TMPDIR to`, "m"));
      }
    }),
});

Deno.test("commands work where the folder of temporary files is missing, or say so in one line", () =>
  withFolder(async (folder) => {
    const missing = { TMPDIR: `${folder}/none` };
    const kept = await refigure({
      args: ["list"],
      folder,
      env: { ...DENO_DIR, ...missing, XDG_CACHE_HOME: `${folder}/cache` },
    });
    assert.equal(kept.code, 0, kept.stderr);
    assert.deepEqual(await filesBelow(`${folder}/cache`), []);
    await Deno.writeTextFile(`${folder}/file`, "");
    const nowhere = { ...DENO_DIR, ...missing, XDG_CACHE_HOME: `${folder}/file/cache` };
    const { code, stderr } = await refigure({ args: ["list"], folder, env: nowhere });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: Cannot start as no folder can be made in .*none: set TMPDIR to a folder of yours\n$/,
    );
  }));

Deno.test({
  name:
    "commands work in a folder of any name, with Deno in another one, and packages behind a link (needs cp -al)",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      const checkout = `${folder}/${NAME}/p`;
      const modules = `${folder}/modules`;
      await run("cp", { args: ["-al", await Deno.realPath(`${PROJECT}node_modules`), modules] });
      await copyTo(checkout, modules);
      const deno = `${folder}/my tools, #1/deno`;
      await Deno.mkdir(`${folder}/my tools, #1`);
      await Deno.copyFile(Deno.execPath(), deno);
      await Deno.chmod(deno, 0o755);
      const papers = `${checkout}/papers`;
      await copyPapers(papers, checkout);
      const env = { REFIGURE_PAPERS: papers, REFIGURE_DATA: "" };
      const commands: readonly (readonly [readonly string[], RegExp])[] = [
        [["list"], /On squares\n/],
        [[...SMOKE], /14 jobs run, 0 cached, 0 failed[^]*2 of 2 figures and tables/],
        [["trace", "out/smoke/0000.00000/figure-1.svg"], /Figure 1: Squares/],
        [["report"], /0 of 2 papers, 1 with your own results/],
        [["data", "where", "adbench/6_cardio"], /adbench\/6_cardio +missing/],
        // With PyTorch, where it is installed.
        [["bench", "--quick", "--only", "MLP training step"], /MLP training step/],
      ];
      for (const [args, wanted] of commands) {
        const { code, stdout, stderr } = await run(deno, { args: ["task", ...args], cwd: checkout, env });
        assert.equal(code, 0, `${args}: ${stderr}${stdout}`);
        assert.match(stdout, wanted, `${args}: ${stderr}`);
      }
      // What the formatter leaves out is left out here, too.
      const golden = `${checkout}/tests/lib/nn/golden`;
      await Deno.mkdir(golden, { recursive: true });
      await Deno.writeTextFile(`${golden}/golden.json`, '{"a":1}');
      await Deno.writeTextFile(`${checkout}/tests/empty.ts`, "export {};\n");
      const formatted = await run(deno, { args: ["fmt", "--check", "tests"], cwd: checkout });
      assert.equal(formatted.code, 0, formatted.stderr);
    }),
});

Deno.test("the commit is this checkout's own or none, never that of a repository around it", () =>
  withFolder(async (folder) => {
    const git = (cwd: string, ...args: string[]) =>
      run("git", { args: ["-c", "user.name=n", "-c", "user.email=e@example.org", ...args], cwd });
    const commit = async (cwd: string) => {
      await git(cwd, "add", "-A", "-f");
      await git(cwd, "commit", "-q", "-m", "text");
      return (await git(cwd, "rev-parse", "HEAD")).stdout.trim();
    };
    const outer = `${folder}/outer`;
    const inner = `${outer}/project`;
    await Deno.mkdir(`${inner}/lib`, { recursive: true });
    for (const name of ["x.ts", "y.ts", "z.ts"]) await Deno.writeTextFile(`${inner}/lib/${name}`, "1");
    await git(outer, "init", "-q");
    await commit(outer);
    // An archive unpacked in somebody else's repository, committed there or ignored.
    for (const ignored of ["", "project\n"]) {
      await Deno.writeTextFile(`${outer}/.gitignore`, ignored);
      const { commit, dirty, problem } = await inspectCheckout(`${inner}/`);
      assert.deepEqual([commit, dirty], [null, false]);
      assert.match(problem!, /^no \.git in its folder: /);
    }
    // Its own repository there.
    await git(inner, "init", "-q");
    const unborn = await inspectCheckout(`${inner}/`);
    assert.equal(unborn.commit, null);
    assert.match(unborn.problem!, /cannot be read/);
    const own = await commit(inner);
    assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: false });
    // Dirty means this tree, and what results depend on.
    await Deno.writeTextFile(`${outer}/changed`, "2");
    await Deno.writeTextFile(`${inner}/notes.md`, "2");
    assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: false });
    await Deno.writeTextFile(`${inner}/lib/x.ts`, "2");
    assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: true });
    await Deno.writeTextFile(`${inner}/lib/x.ts`, "1");
    await Deno.writeTextFile(`${inner}/lib/new.ts`, "2");
    assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: true });
    await Deno.remove(`${inner}/lib/new.ts`);
    await Deno.remove(`${inner}/lib/x.ts`);
    assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: true });
    await Deno.writeTextFile(`${inner}/lib/x.ts`, "1");
    assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: false });
    // Linked work trees, borrowed objects, packs, submodules.
    await git(inner, "worktree", "add", "-q", "--detach", `${folder}/tree`);
    await git(folder, "clone", "-q", "--shared", inner, `${folder}/shared`);
    await git(folder, "clone", "-q", inner, `${folder}/packed`);
    await git(`${folder}/packed`, "repack", "-q", "-a", "-d");
    await git(`${folder}/packed`, "pack-refs", "--all");
    await git(
      folder,
      "clone",
      "-q",
      "--separate-git-dir",
      `${folder}/elsewhere.git`,
      inner,
      `${folder}/separate`,
    );
    for (const name of ["tree", "shared", "packed", "separate"]) {
      assert.deepEqual(await inspectCheckout(`${folder}/${name}/`), { commit: own, dirty: false }, name);
    }
    // Git itself would not trust a repository of another user ("dubious ownership").
    if (root) {
      await run("chown", { args: ["-R", String(SOMEBODY), inner] });
      assert.deepEqual(await inspectCheckout(`${inner}/`), { commit: own, dirty: false });
    }
    // Configuration and hooks of the repository run nothing.
    await git(inner, "config", "core.fsmonitor", `touch ${folder}/ran; true`);
    await git(inner, "config", "filter.x.clean", `touch ${folder}/ran; cat`);
    await Deno.writeTextFile(`${inner}/.gitattributes`, "* filter=x\n");
    await inspectCheckout(`${inner}/`);
    await assert.rejects(Deno.stat(`${folder}/ran`), Deno.errors.NotFound);
  }));

Deno.test({
  name: `a checkout of another user may be used: results go where the advice says${unlessRoot}`,
  ignore: !root,
  fn: () =>
    withFolder(async (folder) => {
      await Deno.chmod(folder, 0o755);
      const checkout = `${folder}/p`;
      const home = `${folder}/home`;
      await run("cp", { args: ["-al", await Deno.realPath(`${PROJECT}node_modules`), `${folder}/modules`] });
      await copyTo(checkout, `${folder}/modules`);
      await Deno.mkdir(`${folder}/closed`);
      await Deno.chmod(`${folder}/closed`, 0o700);
      await Deno.mkdir(home);
      await Deno.chown(home, SOMEBODY, SOMEBODY);
      const papers = `${folder}/papers`;
      await copyPapers(papers, checkout);
      const env = {
        HOME: home,
        DENO_DIR: `${home}/deno`,
        REFIGURE_PAPERS: papers,
        REFIGURE_DATA: `${folder}/closed:~/data`,
      };
      const task = (...args: string[]) =>
        run(Deno.execPath(), { args: ["task", ...args], cwd: checkout, env, uid: SOMEBODY });
      const first = await task(...SMOKE);
      assert.equal(first.code, 1);
      assert.match(
        first.stderr,
        /\nerror: Cannot write .* as it is read-only: make it writable or name a folder of yours with --out \(or REFIGURE_OUT\)\n$/,
      );
      const second = await task(...SMOKE, "--out", `${home}/results`);
      assert.equal(second.code, 0, second.stderr);
      assert.match(second.stdout, /14 jobs run, 0 cached, 0 failed/);
      // One folder that nobody else may read does not hide the others; doctor names it.
      const where = await task("data", "where", "adbench/6_cardio");
      assert.match(where.stdout, /closed.*home\/data \(not there\)[^]*6_cardio +missing/);
      const { stdout } = await task("doctor");
      assert.match(stdout, /no +data folder .*closed +Cannot read .*closed as its owner does not let you/);
      assert.match(stdout, /no +output folder +Cannot write .* read-only/);
    }),
});

Deno.test({
  name: `results that another user's mask lets nobody else write are found out before the work${unlessRoot}`,
  ignore: !root,
  fn: () =>
    withFolder(async (folder) => {
      await Deno.chmod(folder, 0o777);
      const program = `
        import { Cache } from ${JSON.stringify(pathToFileURL(`${PROJECT}lib/harness/run/cache.ts`).href)};
        import { writeOutputs } from ${
        JSON.stringify(pathToFileURL(`${PROJECT}lib/harness/results/outputs.ts`).href)
      };
        const job = { experiment: "fit", config: null, seed: 0 };
        const parts = { job, data: {}, executor: null, engines: {}, runtime: "deno 1", code: {}, packages: {} };
        const [task, folder] = Deno.args;
        const cache = new Cache(folder + "/cache");
        const summary = { only: ["x"], claims: [], artefacts: [], failures: [], standIns: [], jobs: {}, data: [], machine: {}, code: {}, versions: {}, arguments: [], started: "", finished: "" };
        if (task === "store") await cache.store(parts, { job, result: 1, seconds: 1, sources: {} });
        if (task === "check") await cache.requireWritable([job]).then(() => console.log("fine"), ({ message }) => console.log(message));
        if (task === "lookup") console.log(JSON.stringify(await cache.lookup(parts)));
        if (task === "outputs") await Deno.mkdir(folder + "/outputs", { recursive: true });
        if (task === "outputs") await writeOutputs(folder + "/outputs", summary, []).then(() => console.log("written"), ({ message }) => console.log(message));`;
      await Deno.writeTextFile(`${folder}/program.ts`, program);
      const act = async (task: string, uid: number, mask: string) => {
        const { stdout, stderr } = await run("/bin/sh", {
          args: [
            "-c",
            `umask ${mask}; exec "$@"`,
            "sh",
            ...[Deno.execPath(), "run", "-A", "--no-check", "--config", `${PROJECT}deno.json`],
            ...[`${folder}/program.ts`, task, folder],
          ],
          env: { HOME: folder, DENO_DIR: `${folder}/deno-${uid}` },
          uid,
        });
        return stdout.trim() || stderr;
      };
      await act("store", 1234, "022");
      assert.match(await act("lookup", SOMEBODY, "022"), /"hit":true/);
      assert.match(await act("check", SOMEBODY, "022"), /^Cannot write .* as it is read-only: /);
      assert.equal(await act("check", 1234, "022"), "fine");
      // Folders that all may write, as a group agrees on, hold a lock file that only its maker may write.
      assert.equal(await act("outputs", 1234, "022"), "written");
      await Deno.chmod(`${folder}/outputs`, 0o777);
      assert.equal(await act("outputs", SOMEBODY, "022"), "written");
    }),
});
