import { probeExecutors } from "../lib/compile/mod.ts";

const SOFTWARE_DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADERS = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib/aarch64-linux-gnu/libvulkan.so.1"];

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * The environment under which a child process has the `webgpu` executor: this machine's GPU or, without one,
 * the software driver of Debian's chromium package; a text that says what is missing where there is neither.
 */
export async function webgpuEnvironment(): Promise<Readonly<Record<string, string>> | string> {
  const gpu = (await probeExecutors()).find(({ executor }) => executor === "webgpu")!;
  if (gpu.works) return {};
  if (!exists(SOFTWARE_DRIVER)) return `no GPU, and no ${SOFTWARE_DRIVER}`;
  if (!LOADERS.some(exists)) return "libvulkan1 is not installed";
  return { VK_DRIVER_FILES: SOFTWARE_DRIVER, XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? "/tmp" };
}
