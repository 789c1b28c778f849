import values from "./reported.json" with { type: "json" };

type Pair = readonly [upright: number, average: number | null];

const TABLE_1 = values.tables[0].values as unknown as Readonly<Record<string, Pair>>;
const TABLE_2 = values.tables[1].values as unknown as Readonly<Record<string, Pair>>;

/** A row of Table 1: accuracy upright and over eight rotations, in percent. */
export const reportedAccuracy = (row: string): Pair | undefined => TABLE_1[row];

/** All rows of Table 2: mAP upright and over quarter turns. */
export const reportedSegmentation = (): (readonly [row: string, Pair])[] => Object.entries(TABLE_2);

/** Inference time with a canonicalizer over that without, for SAM. */
export const REPORTED_TIME_RATIO = (values.tables[2].values as { readonly time: number }).time;
