import assert from "node:assert/strict";
import { basename, resolve } from "node:path";
import { PROJECT } from "../../../../lib/harness/paper/places.ts";
import { DATA_HOSTS, denoFlags, grantsFor, stagesOf } from "../../../../lib/harness/start/grants.ts";
import { launcherScript } from "../../../../lib/harness/start/launcher.ts";
import { escapes, WAYS } from "./_escapes.ts";
import { filesBelow, refigure, withFolder } from "../_helpers.ts";

const PAPER = "0000.00002";
const REPRODUCE = ["reproduce", PAPER, "--profile", "smoke", "--executor", "eager", "--jobs", "1"];

/** Commands in this order, each with whether it runs the paper's code. */
const COMMANDS: readonly (readonly [readonly string[], boolean])[] = [
  [["list"], true],
  [["list", PAPER], true],
  [["reproduce", PAPER, "--profile", "smoke", "--dry-run"], true],
  [REPRODUCE, true],
  [["bless", PAPER], true],
  [["verify", PAPER], true],
  [["audit", PAPER, "--profile", "smoke"], true],
  [["audit", PAPER, "--profile", "smoke"], true],
  [["decide", "--dry-run"], true],
  [["bless", PAPER, "--profile", "laptop"], true],
  [["decide", PAPER], true],
  [["compare", `${PAPER}/smoke`, `${PAPER}/smoke`], true],
  [["report"], true],
  [["trace", "OUT/smoke/0000.00002/figure-1.svg"], true],
  // It writes README.md: of a copy of the checkout.
  [["readme"], true],
  [["data", "list"], false],
  [["data", "where"], false],
  [["doctor"], false],
  // These may start Jupyter, which can do anything: no paper's code runs beside it.
  [["notebooks", PAPER], false],
  [["lab", "9999.99999"], false],
];

/** What `readme` needs of the checkout, with the papers that try to get out; its README.md may be changed. */
async function copyOfCheckout(folder: string): Promise<string> {
  await Deno.mkdir(`${folder}/tests/lib/harness`, { recursive: true });
  for (const name of ["lib", "mod.ts", "deno.json", "deno.lock", "tests/lib/harness/start"]) {
    const { success } = await new Deno.Command("cp", {
      args: ["-R", `${PROJECT}${name}`, `${folder}/${name}`],
    })
      .output();
    assert.ok(success, name);
  }
  await Deno.symlink(`${PROJECT}node_modules`, `${folder}/node_modules`);
  const marked = ["gallery", "verdicts"].map((part) => `<!-- ${part}:start -->\n<!-- ${part}:end -->\n`);
  await Deno.writeTextFile(`${folder}/README.md`, marked.join(""));
  return `${folder}/`;
}

Deno.test("no command and no worker lets a paper's code out", () =>
  withFolder(async (folder) => {
    await withFolder(async (outside) => {
      const requests: string[] = [];
      const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
        requests.push(url);
        return new Response("export {};", { headers: { "content-type": "text/typescript" } });
      });
      const secret = crypto.randomUUID();
      const copy = await copyOfCheckout(`${folder}/copy`);
      const place = { folder: outside, url: `http://127.0.0.1:${server.addr.port}/`, secret };
      try {
        for (const [args, runsPaper] of COMMANDS) {
          const checkout = args[0] === "readme" ? copy : PROJECT;
          const { code, stdout, stderr } = await refigure({
            args: args.map((arg) => arg.replace(/^OUT/, `${folder}/out`)),
            folder,
            checkout,
            papers: `${checkout}tests/lib/harness/start/_papers`,
            env: { SECRET_TOKEN: secret, REFIGURE_TEST_OUTSIDE: JSON.stringify(place) },
          });
          const said = stderr.match(/the command can: .*/g) ?? [];
          assert.deepEqual(
            said,
            runsPaper ? ["the command can: nothing"] : [],
            `${args}: ${stderr}${stdout}`,
          );
          assert.doesNotMatch(`${stdout}${stderr}`, /The worker can/, `${args}`);
          if (runsPaper) assert.equal(code, 0, `${args}: ${stderr}${stdout}`);
          assert.deepEqual(await filesBelow(outside), [], `${args}`);
          assert.deepEqual(requests, [], `${args}`);
        }
        assert.match(await Deno.readTextFile(`${copy}README.md`), /On walls/);
      } finally {
        await server.shutdown();
      }
    });
  }));

Deno.test("the ways out that are tried do lead out of a process that may do everything", () =>
  withFolder(async (outside) => {
    const program = `
      import { escapes } from ${JSON.stringify(new URL("./_escapes.ts", import.meta.url).href)};
      Deno.chdir(${JSON.stringify(outside)});
      Deno.mkdirSync("lib");
      console.log(JSON.stringify(await escapes({ folder: ${
      JSON.stringify(outside)
    }, url: "http://127.0.0.1:9/", secret: "s" })));
      Deno.exit();`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      env: { SECRET_TOKEN: "s", REFIGURE_LAUNCHER: `${outside}/launcher` },
    }).output();
    const worked: string[] = JSON.parse(new TextDecoder().decode(stdout));
    // No server listens there, no such launcher is there; elsewhere than on Linux some libraries are not.
    const elsewhere = [
      "launch",
      "fetch",
      "connect",
      "importRemote",
      "thread",
      "library",
      "addon",
      "proc",
      "deno",
    ];
    for (const name of Object.keys(WAYS)) {
      if (!elsewhere.includes(name)) assert.ok(worked.includes(name), `${name} does not work at all`);
    }
    assert.ok(typeof escapes === "function");
  }));

const CC = Deno.env.get("CC");
/** What the executor `c` may start where all programs are there, and where it keeps what they build. */
const COMPILERS = [...CC ? [CC.includes("/") ? resolve(CC) : `/usr/bin/${CC}`] : []].concat(
  ["cc", "gcc", "clang"].map((name) => `/usr/bin/${name}`),
);
const BUILT = [`${PROJECT}node_modules/.cache/refigure-c`, `${PROJECT}node_modules/.cache/refigure-c`];

/** A start as `main.ts` makes it, with all programs there. */
const start = (...args: string[]) => ({
  args,
  modules: `${PROJECT}node_modules`,
  repository: [],
  launcher: "/elsewhere/launcher",
  find: (program: string) => `/usr/bin/${program}`,
});

Deno.test("new: where a paper's code runs nothing may be started, and where Jupyter may no paper's code runs", () => {
  const args = ["new", "--title", "A line", "2501.01234"];
  const stages = stagesOf(args, true);
  assert.deepEqual(stages.map(([command]) => command), ["new", "bless", "bless", "notebooks", "readme"]);
  assert.deepEqual(stages[0], args);
  for (const stage of stages) {
    const { run } = grantsFor(start(...stage));
    const allowed = { bless: ["/elsewhere/launcher"] }[stage[0]] ?? [];
    if (stage[0] !== "notebooks") assert.deepEqual(run, allowed, stage[0]);
    else assert.ok(run.length > 0 && run.every((program) => program.includes("jupyter")));
  }
  assert.deepEqual(stagesOf(args, false).map(([command]) => command), ["new", "bless", "bless", "readme"]);
  for (const single of [["new", "--help"], ["new"], ["list"], ["verify", "2501.01234"], []]) {
    assert.deepEqual(stagesOf(single, true), [single]);
  }
});

Deno.test("commands that only read neither write, nor reach the net, nor run programs", () => {
  const reading = [
    ["list"],
    ["list", "2305.18593", "--json"],
    ["data"],
    ["data", "list"],
    ["data", "where", "adbench"],
    ["trace", "out/x.svg"],
    ["--help"],
    [],
    ["an unknown command"],
  ];
  for (const args of reading) {
    const { write, net, run } = grantsFor(start(...args));
    assert.deepEqual({ write, net, run }, { write: [], net: [], run: [] }, args.join(" "));
  }
  const doctor = grantsFor(start("doctor"));
  assert.deepEqual([doctor.write, doctor.net], [BUILT, DATA_HOSTS]);
  assert.deepEqual(doctor.run.filter((program) => !COMPILERS.includes(program)), ["/usr/bin/sinfo"]);
  const { write, net } = grantsFor(start("reproduce", "2305.18593", "--dry-run"));
  assert.deepEqual({ write, net }, { write: [], net: [] });
});

Deno.test("no command may do everything of a kind, and only Jupyter and Slurm bring more programs", () => {
  const commands = ["reproduce", "verify", "bless", "compare", "report", "readme", "data", "doctor", "work"];
  for (const command of commands) {
    const grants = grantsFor(start(command, "fetch", "x"));
    assert.equal(grants.wholeEnvironment, false, command);
    const others = command === "doctor" ? ["/usr/bin/sinfo", ...COMPILERS] : [];
    assert.ok(grants.run.every((program) => ["/elsewhere/launcher", ...others].includes(program)), command);
    const flags = denoFlags(grants, `${PROJECT}node_modules`);
    for (const flag of flags) {
      assert.match(flag, /^--(no-prompt|no-remote|ignore-env|allow-\w+=.+)$/, command);
    }
  }
  assert.ok(grantsFor(start("reproduce", "x", "--on", "slurm")).run.includes("/usr/bin/sbatch"));
  assert.ok(grantsFor(start("lab")).run.includes("/usr/bin/jupyter-lab"));
});

Deno.test("a C compiler may be started on the executor c only, by commands that run programs, and by their workers", () => {
  const modules = `${PROJECT}node_modules`;
  const plain = grantsFor(start("reproduce", "x"));
  for (
    const chosen of [["--executor", "c"], ["--executor=c"], ["-e", "c"], ["-ec"], ["-e", "wasm", "-e", "c"]]
  ) {
    for (const command of ["reproduce", "verify", "work"]) {
      const grants = grantsFor(start(command, ...chosen, "x"));
      assert.ok(COMPILERS.every((program) => grants.run.includes(program)), `${command} ${chosen}`);
      assert.ok(BUILT.every((folder) => grants.write.includes(folder)), `${command} ${chosen}`);
    }
    assert.deepEqual(grantsFor(start("reproduce", "x", ...chosen)).net, plain.net);
    // These compile nothing, or results that shall not depend on a machine's compiler.
    for (const command of ["list", "trace", "report", "readme", "bless", "audit", "decide", "notebooks"]) {
      const { run } = grantsFor(start(command, "x", ...chosen));
      assert.ok(!run.some((program) => COMPILERS.includes(program)), command);
    }
  }
  for (const other of [["--executor", "cuda"], ["-e", "native"], ["--only", "c"], ["c"]]) {
    assert.deepEqual(grantsFor(start("reproduce", "x", ...other)), plain);
  }
  assert.doesNotMatch(launcherScript(modules), /--allow-(run|write)/);
  const script = launcherScript(modules, { compiler: true });
  assert.match(script, /--allow-write=\.\/node_modules\/\.cache\/refigure-c /);
  const compilers = script.match(/--allow-run=([^\s']+)/)?.[1].split(",") ?? [];
  const named = ["cc", "gcc", "clang", ...CC ? [basename(CC)] : []];
  assert.ok(compilers.every((path) => named.includes(basename(path))), `${compilers}`);
});

Deno.test("an output folder that the user names may be written, and no other", () => {
  for (const args of [["--out", "/elsewhere/x"], ["--out=/elsewhere/x"]]) {
    assert.deepEqual(grantsFor(start("reproduce", "2305.18593", ...args)).write[0], "/elsewhere/x");
  }
  assert.deepEqual(grantsFor(start("list", "--out", "/elsewhere/x")).write, []);
});

Deno.test("who may fetch data may fetch it through a proxy that the environment names", async () => {
  const proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked = proxy.accept().then(async (connection) => {
    const bytes = new Uint8Array(1000), read = await connection.read(bytes);
    connection.close();
    return new TextDecoder().decode(bytes.subarray(0, read ?? 0)).split("\r\n")[0];
  });
  const flags = denoFlags(grantsFor(start("data", "fetch", "x")), `${PROJECT}node_modules`);
  const script = `data:text/javascript,await fetch("https://${DATA_HOSTS[0]}/").catch(() => {})`;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", ...flags, script],
    cwd: PROJECT,
    env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.addr.port}` },
  }).output();
  proxy.close(); // whoever was not asked by now says so
  assert.ok(success);
  assert.equal(await asked, `CONNECT ${DATA_HOSTS[0]}:443 HTTP/1.1`);
});

Deno.test("denoFlags() says which path it cannot name", () => {
  const grants = grantsFor(start("reproduce", "x", "--out", "/a,b/out"));
  assert.throws(() => denoFlags(grants, `${PROJECT}node_modules`), {
    name: "RangeError",
    message: "Cannot use /a,b/out as Deno splits lists of paths at commas: rename the folder",
  });
});

Deno.test("the process that may start anything runs no code of a package", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${PROJECT}lib/harness/start/main.ts`],
  }).output();
  const { modules, npmPackages } = JSON.parse(new TextDecoder().decode(stdout));
  const names = modules.map(({ specifier }: { specifier: string }) => specifier.replace(/^.*\/lib\//, ""));
  assert.deepEqual(
    Object.keys(npmPackages ?? {}).length === 0 || names.every((name: string) => !name.startsWith("npm:")),
    true,
  );
  assert.deepEqual(names.filter((name: string) => /\.tsx?$/.test(name)).sort(), [
    "data/roots.ts",
    "harness/paper/places.ts",
    "harness/start/grants.ts",
    "harness/start/init.ts",
    "harness/start/launcher.ts",
    "harness/start/main.ts",
    "harness/template/configuration.ts",
    "harness/template/files.ts",
    "harness/template/mod.ts",
    "project/folders.ts",
    "project/mod.ts",
  ]);
});
