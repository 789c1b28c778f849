/** The `webgpu` executor on this machine's GPU or, without one, on the software driver of Debian's chromium package. */
import assert from "node:assert/strict";
import { probeExecutors } from "../../../lib/compile/mod.ts";

const SOFTWARE_DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** Environment under which WebGPU finds a driver, or why there is none. */
async function environment(): Promise<Record<string, string> | string> {
  const gpu = (await probeExecutors()).find(({ executor }) => executor === "webgpu")!;
  if (gpu.works) return {};
  if (!await exists(SOFTWARE_DRIVER)) return `no GPU, and no ${SOFTWARE_DRIVER}`;
  if (!await exists("/usr/lib/x86_64-linux-gnu/libvulkan.so.1")) return "libvulkan1 is not installed";
  return { VK_DRIVER_FILES: SOFTWARE_DRIVER, XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp" };
}

const env = await environment();
const skipped = typeof env === "string";

Deno.test({
  name: `every kernel and a training loop run on webgpu${skipped ? ` (skipped: ${env})` : ""}`,
  ignore: skipped,
  async fn() {
    const root = new URL("../../../", import.meta.url).pathname;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--config", `${root}deno.json`, "--no-prompt", "--quiet", "--no-check"],
        ...["--allow-read", "--allow-env", "--allow-sys", `--allow-ffi=${root}node_modules`],
        new URL("./_webgpu_child.ts", import.meta.url).pathname,
      ],
      env: env as Record<string, string>,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const { cases, failures } = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
    assert.deepEqual(failures, []);
    assert.ok(cases > 200);
  },
});
