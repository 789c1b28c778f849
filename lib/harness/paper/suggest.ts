import { closest, distance } from "fastest-levenshtein";

/**
 * `Did you mean "x"?` for the candidate nearest to a misspelt word, or the list of candidates if none is
 * near.
 */
export function suggestion(word: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return "There are none.";
  const fold = (text: string) => text.toLowerCase();
  const nearest = closest(fold(word), candidates.map(fold));
  const match = candidates[candidates.map(fold).indexOf(nearest)];
  const contained = candidates.filter((candidate) => fold(candidate).includes(fold(word)));
  if (distance(fold(word), nearest) <= Math.max(2, word.length / 3)) return `Did you mean "${match}"?`;
  if (word !== "" && contained.length > 0) return `Did you mean "${contained[0]}"?`;
  const shown = candidates.slice(0, 12).map((candidate) => `"${candidate}"`).join(", ");
  return `Known: ${shown}${candidates.length > 12 ? ", …" : ""}.`;
}
