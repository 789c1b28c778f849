import values from "./reported.json" with { type: "json" };

/** Table 1's accuracies by row, as errors in percent with their standard deviations. */
const TABLE_1 = values.tables[0].values as unknown as Readonly<Record<string, readonly [number, number]>>;

/** The reported test error of a row of Table 1, in percent. */
export function reportedError(row: string): number | undefined {
  const [accuracy] = TABLE_1[row] ?? [];
  return accuracy === undefined ? undefined : 100 - accuracy;
}
