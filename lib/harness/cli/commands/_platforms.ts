/** What is known of platforms: where this was tried, and what to do where it does not run. */
import type { Finding } from "./_types.ts";

/** What tells platforms apart. */
export interface Platform {
  readonly os: typeof Deno.build.os;
  readonly arch: typeof Deno.build.arch;
  /** Deno's own build, e.g. `x86_64-unknown-linux-gnu`. */
  readonly target: string;
  /** Of the operating system's kernel. */
  readonly release: string;
}

interface Row {
  readonly is: (platform: Platform) => boolean;
  readonly name: string;
  /** Whether it runs there; `null`: nobody has tried. */
  readonly ok: boolean | null;
  readonly advice: string;
}

/** The first that fits counts. */
const PLATFORMS: readonly Row[] = [
  {
    is: ({ os }) => os === "windows",
    name: "Windows",
    ok: false,
    advice: "commands start workers with a shell: use the Windows Subsystem for Linux (`wsl --install`)",
  },
  {
    is: ({ os, release }) => os === "linux" && /microsoft/i.test(release),
    name: "Windows Subsystem for Linux",
    ok: null,
    advice: "untried; keep this folder on the disk of Linux, below ~ and not below /mnt",
  },
  {
    is: ({ os, target }) => os === "linux" && target.includes("musl"),
    name: "Linux with musl (Alpine)",
    ok: null,
    advice: "untried; onnxruntime-node and Deno's npm package are built for glibc: use a Debian image, or " +
      "`apk add deno` and --executor wasm",
  },
  {
    is: ({ os, arch }) => os === "linux" && arch === "x86_64",
    name: "Linux on x86-64 with glibc",
    ok: true,
    advice: "tried",
  },
  {
    is: ({ os, arch }) => os === "linux" && arch === "aarch64",
    name: "Linux on ARM",
    ok: null,
    advice: "untried; all packages have builds for it",
  },
  {
    is: ({ os, arch }) => os === "darwin" && arch === "aarch64",
    name: "macOS on Apple silicon",
    ok: null,
    advice: "untried; all packages have builds for it",
  },
  {
    is: ({ os }) => os === "darwin",
    name: "macOS on Intel",
    ok: null,
    advice: "untried; onnxruntime-node has no build for it: use --executor wasm",
  },
];

/** What is known of a platform. */
export function platformFinding(platform: Platform): Finding {
  const row = PLATFORMS.find(({ is }) => is(platform));
  return {
    what: "platform",
    ok: row ? row.ok : null,
    detail: row ? `${row.name}: ${row.advice}` : `${platform.target}: untried`,
  };
}
