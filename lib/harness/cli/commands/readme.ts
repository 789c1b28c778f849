import type { Command } from "commander";

/** `readme`. */
export function registerReadme(program: Command): void {
  program.command("readme")
    .description("rewrite the table of verdicts in README.md and the papers' pictures from the goldens")
    .action(run);
}

async function run(): Promise<void> {
  const { writeAtomic } = await import("../../run/mod.ts");
  const { ROOT, places } = await import("../../paper/mod.ts");
  const { printOut } = await import("../print.ts");
  const { collectPaperGoldens, picturePath, updateReadme } = await import("../../report/mod.ts");
  const { renderPng } = await import("../../../figures/mod.ts");
  const goldens = await collectPaperGoldens(places());
  for (const { paper, evaluation } of goldens) {
    const figure = paper.artefacts.find(({ kind }) => kind === "figure");
    if (!evaluation || !figure) continue;
    const shown = evaluation.artefact(figure.id);
    if (shown.kind === "figure") await writeAtomic(picturePath(places(), paper.id), await renderPng(shown));
  }
  const path = `${ROOT}README.md`;
  const before = await Deno.readTextFile(path);
  const after = updateReadme(before, goldens);
  if (after !== before) await writeAtomic(path, after);
  printOut(`${path}: ${after === before ? "unchanged" : "updated"}\n`);
}
