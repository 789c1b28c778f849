const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A positive number as texts of figures write it: one digit and a power of ten, which alone stands for 1.
 *
 * @example
 * ```ts
 * import { scientific } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([3.2e-9, 1e5, 0.5].map(scientific), ["3·10⁻⁹", "10⁵", "5·10⁻¹"]);
 * ```
 */
export function scientific(value: number): string {
  const [digit, power] = value.toExponential(0).split("e");
  const digits = [...power.replace(/[+-]/, "")].map((figure) => SUPERSCRIPTS[Number(figure)]).join("");
  return `${digit === "1" ? "" : `${digit}·`}10${power.startsWith("-") ? "⁻" : ""}${digits}`;
}
