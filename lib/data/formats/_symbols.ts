import { ELEMENT_SYMBOLS } from "../../crystals/mod.ts";

/** Chemical symbols of all 118 elements, in the order of atomic numbers. */
export const SYMBOLS: readonly string[] = [
  ...ELEMENT_SYMBOLS,
  ..."Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og".split(" "),
];

/** The symbol of an atomic number. @throws {RangeError} If there is no such element. */
export function symbolOf(number: number): string {
  const symbol = SYMBOLS[number - 1];
  if (symbol !== undefined) return symbol;
  throw new RangeError(
    `Cannot write the atom as its number must be an integer in [1, ${SYMBOLS.length}]: current value is ${number}`,
  );
}
