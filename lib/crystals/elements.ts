/** Chemical symbols in the order of atomic numbers, from hydrogen on. */
export const ELEMENT_SYMBOLS: readonly string[] = (
  "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr " +
  "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu " +
  "Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr"
).split(" ");

/** Picometres, from hydrogen to curium. */
const COVALENT_RADII = (
  "31 28 128 96 84 76 71 66 57 58 166 141 121 111 107 105 102 106 203 176 170 160 153 139 150 142 138 124 " +
  "132 122 122 120 119 120 120 116 220 195 190 175 164 154 147 146 142 139 145 144 142 139 139 138 139 140 " +
  "244 215 207 204 203 201 199 198 198 196 194 192 192 189 190 187 187 175 170 162 151 144 141 136 136 132 " +
  "145 146 148 140 150 150 260 221 215 206 200 196 190 187 180 169"
).split(" ").map(Number);

const NUMBERS = new Map(ELEMENT_SYMBOLS.map((symbol, index) => [symbol, index + 1]));

/**
 * Atomic number of a chemical symbol.
 *
 * @throws {SyntaxError} If there is no such element up to lawrencium.
 *
 * @example
 * ```ts
 * import { elementNumber } from "@refigure/refigure/crystals";
 * import assert from "node:assert/strict";
 *
 * assert.equal(elementNumber("Cs"), 55);
 * ```
 */
export function elementNumber(symbol: string): number {
  const number = NUMBERS.get(symbol);
  if (number !== undefined) return number;
  throw new SyntaxError(
    `Cannot read the element as its symbol must be one of H to Lr: current value is ${
      JSON.stringify(symbol)
    }`,
  );
}

/** Chemical symbol of an atomic number, 1 to 103. @throws {RangeError} If it is out of range. */
export function elementSymbol(number: number): string {
  const symbol = ELEMENT_SYMBOLS[number - 1];
  if (symbol !== undefined) return symbol;
  throw new RangeError(
    `Cannot name the element as its number must be an integer in [1, 103]: current value is ${number}`,
  );
}

/**
 * Covalent radius in ångström (Cordero et al. 2008, "Covalent radii revisited": carbon sp³, the mean of the
 * spin states of Mn, Fe and Co), hydrogen to curium.
 *
 * @throws {RangeError} If none is known.
 */
export function covalentRadius(number: number): number {
  const radius = COVALENT_RADII[number - 1];
  if (radius !== undefined) return radius / 100;
  throw new RangeError(
    `Cannot tell the covalent radius as the atomic number must be in [1, 96]: current value is ${number}`,
  );
}
