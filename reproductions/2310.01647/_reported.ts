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

/** Parameters with a canonicalizer over those without, for SAM. */
export const REPORTED_SIZE_RATIO = (values.tables[2].values as { readonly parameters: number }).parameters;

/** The authors' notebook, STL-10 and ViT-B/16 over C4: accuracy upright and over C4, in percent. */
export const reportedNotebook = (row: string): Pair | undefined =>
  (values.tables[3].values as unknown as Readonly<Record<string, Pair>>)[row];

/** The prior's loss over C4 in the first and the fifth epoch of that notebook. */
export const REPORTED_LOSSES = values.tables[4].values as { readonly first: number; readonly fifth: number };
