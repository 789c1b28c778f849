import { barProgress } from "./_bars.ts";
import { printError } from "./print.ts";
import { lineProgress, type Progress } from "../run/mod.ts";

/** Bars where standard error is a terminal, lines elsewhere. */
export function chooseProgress(options: { readonly plain?: boolean } = {}): Progress {
  return !options.plain && Deno.stderr.isTerminal()
    ? barProgress()
    : lineProgress((line) => printError(`${line}\n`));
}
