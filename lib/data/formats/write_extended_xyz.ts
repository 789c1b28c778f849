import { parseComment, type XyzInfoValue } from "./_extended_xyz_comment.ts";
import { symbolOf } from "./_symbols.ts";
import type { ExtendedXyzFrame, ExtendedXyzOptions, XyzColumn } from "./extended_xyz.ts";

/**
 * Writes frames as extended xyz, numbers with all their digits: {@link readExtendedXyz} gives the same frames
 * back.
 *
 * @param options What energy and forces are called.
 * @throws {TypeError} If a length does not fit the number of atoms, a name would not be read back, or a text
 *   has a line break or both kinds of quotes.
 * @throws {RangeError} If a number is not finite, or an element unknown.
 *
 * @example
 * ```ts
 * import { readExtendedXyz, writeExtendedXyz } from "@refigure/refigure/data";
 * import assert from "node:assert/strict";
 *
 * const gold = {
 *   atomicNumbers: Uint8Array.of(79),
 *   positions: Float64Array.of(0, 0, 0),
 *   forces: Float64Array.of(0, 0, 0.1),
 *   energy: -3.2,
 *   info: { source: "by hand" },
 *   columns: {},
 * };
 * const text = writeExtendedXyz([gold]);
 * assert.equal(
 *   text,
 *   '1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-3.2 source="by hand"\nAu 0 0 0 0 0 0.1\n',
 * );
 * assert.deepEqual(readExtendedXyz(text), [gold]);
 * ```
 */
export function writeExtendedXyz(
  frames: readonly ExtendedXyzFrame[],
  { energy: energyKey = "energy", forces: forcesKey = "forces" }: Omit<ExtendedXyzOptions, "file"> = {},
): string {
  return frames.map((frame, f) => {
    const { atomicNumbers, positions, forces, energy, lattice, periodic, info, columns } = frame;
    const count = atomicNumbers.length;
    const all: [string, XyzColumn][] = [
      ["species", { kind: "S", width: 1, values: Array.from(atomicNumbers, symbolOf) }],
      ["pos", { kind: "R", width: 3, values: positions }],
      ...forces ? [[forcesKey, { kind: "R", width: 3, values: forces }] as [string, XyzColumn]] : [],
      ...Object.entries(columns),
    ];
    for (const [name, { width, values }] of all) {
      checkName(name, f, /^[^\s:="'{}]+$/);
      if (values.length === count * width) continue;
      throw new TypeError(
        `Cannot write frame ${f} as ${name} must have ${
          count * width
        } values: current value is ${values.length}`,
      );
    }
    const properties = all.map(([name, { kind, width }]) => `${name}:${kind}:${width}`).join(":");
    const pairs: [string, XyzInfoValue][] = [
      ...lattice ? [["Lattice", Array.from(lattice)] as [string, XyzInfoValue]] : [],
      ...energy === undefined ? [] : [[energyKey, energy] as [string, XyzInfoValue]],
      ...Object.entries(info),
    ];
    const comment = [
      `Properties=${properties}`,
      ...periodic ? [`pbc="${periodic.map((value) => value ? "T" : "F").join(" ")}"`] : [],
      ...pairs.map(([key, value]) => {
        checkName(key, f, /^[^\s="'{}]+$/);
        return `${key}=${valueText(value, key, f)}`;
      }),
    ].join(" ");
    const rows = Array.from(
      { length: count },
      (_, i) =>
        all.map(([name, { width, values }]) =>
          Array.from({ length: width }, (_, k) => cellText(values[i * width + k], name, f)).join(" ")
        ).join(" "),
    );
    return `${count}\n${comment}\n${rows.join("\n")}\n`;
  }).join("");
}

function checkName(name: string, frame: number, fits: RegExp): void {
  if (fits.test(name)) return;
  throw new TypeError(
    `Cannot write frame ${frame} as names must have no space, colon, quote, brace or sign of equality: current ` +
      `value is ${JSON.stringify(name)}`,
  );
}

function numberText(value: number, name: string, frame: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  throw new RangeError(`Cannot write frame ${frame} as ${name} must be finite: current value is ${value}`);
}

function cellText(value: number | string | boolean, name: string, frame: number): string {
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "number") return numberText(value, name, frame);
  if (/^\S+$/.test(value)) return value;
  throw new TypeError(
    `Cannot write frame ${frame} as texts in ${name} must have no space: current value is ${
      JSON.stringify(value)
    }`,
  );
}

function valueText(value: XyzInfoValue, name: string, frame: number): string {
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "number") return numberText(value, name, frame);
  if (typeof value !== "string") {
    if (value.length < 2) {
      throw new TypeError(
        `Cannot write frame ${frame} as lists must have two numbers or more: current value of ${name} has ${value.length}`,
      );
    }
    return `"${value.map((x) => numberText(x, name, frame)).join(" ")}"`;
  }
  if (/["\n\r]/.test(value) || parseComment(`x="${value}"`).get("x") !== value) {
    throw new TypeError(
      `Cannot write frame ${frame} as the text of ${name} must have no double quote or line break, and be no ` +
        `number or truth: current value is ${JSON.stringify(value)}`,
    );
  }
  return `"${value}"`;
}
