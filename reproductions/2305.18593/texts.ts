/** `3 data sets`, `1 data set`. */
export function count(items: number | { readonly length: number }, noun: string): string {
  const number = typeof items === "number" ? items : items.length;
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
