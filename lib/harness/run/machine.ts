import { cpus } from "node:os";
import type { Machine } from "../paper/mod.ts";

/** Describes this machine. */
export function machine(): Machine {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30 * 10) / 10,
  };
}

/** The cores of a machine, for a text: `1 core`, `2 cores`. */
export function coresText({ cores }: Pick<Machine, "cores">): string {
  return cores === 1 ? "1 core" : `${cores} cores`;
}
