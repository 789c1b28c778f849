import type { Command } from "commander";

/** `readme`. */
export function registerReadme(program: Command): void {
  program.command("readme")
    .description("rewrite the table of verdicts in README.md and the papers' pictures from the goldens")
    .action(run);
}

async function run(): Promise<void> {
  const { printOut } = await import("../print.ts");
  printOut(`README.md: ${await writeReadme() ? "updated" : "unchanged"}\n`);
}

/** Draws the papers' pictures and rewrites what README.md says of them; whether it changed. */
export async function writeReadme(): Promise<boolean> {
  const { writeAtomic } = await import("../../run/mod.ts");
  const { PROJECT, places } = await import("../../paper/mod.ts");
  const { collectPaperGoldens, picturePath, updateReadme } = await import("../../report/mod.ts");
  const { renderPng } = await import("../../../figures/mod.ts");
  const goldens = await collectPaperGoldens(places());
  for (const { paper, evaluation } of goldens) {
    const figure = paper.artefacts.find(({ kind }) => kind === "figure");
    if (!evaluation || !figure) continue;
    const shown = evaluation.artefact(figure.id);
    if (shown.kind === "figure") await writeAtomic(picturePath(places(), paper.id), await renderPng(shown));
  }
  const path = `${PROJECT}README.md`;
  const before = await Deno.readTextFile(path);
  const after = updateReadme(before, goldens);
  // A temporary file beside it would need the right to write the whole checkout.
  if (after !== before) await writeAtomic(path, after, { beside: `${places().fixtures}/README.md` });
  return after !== before;
}
