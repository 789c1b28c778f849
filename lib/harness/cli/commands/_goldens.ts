import type { Golden } from "../../results/mod.ts";
import type { Paper, Places, ProfileName } from "../../paper/mod.ts";

/**
 * The goldens of the papers that are named or, if none is, of those that have one.
 *
 * @throws {HarnessError} If a named paper has none; `verb` says what cannot be done with it.
 */
export async function goldensOf(
  papers: readonly string[],
  profile: ProfileName,
  { places, verb }: { readonly places: Places; readonly verb: string },
): Promise<readonly { readonly paper: Paper; readonly golden: Golden }[]> {
  const { readGolden } = await import("../../results/mod.ts");
  const { HarnessError, listPapers, loadPaper } = await import("../../paper/mod.ts");
  const found = [];
  for (const id of papers.length > 0 ? papers : await listPapers(places)) {
    const paper = await loadPaper(id, places);
    const golden = await readGolden(places, id, profile);
    if (golden) found.push({ paper, golden });
    else if (papers.length > 0) {
      throw new HarnessError(
        `Cannot ${verb} ${id} as it has no golden for ${profile}: make it with \`deno task bless ${id} --profile ${profile}\``,
      );
    }
  }
  return found;
}
