import { figure } from "./figure.ts";
import type { Figure, VegaLiteSpec } from "./types.ts";

/** A slider below a figure, bound to a parameter of its specification. */
export interface Slider {
  /** Name of the parameter in the specification's expressions, e.g. `alpha` in `datum.time <= alpha`. */
  readonly name: string;
  /** Written beside the slider. */
  readonly label: string;
  /** Leftmost value. */
  readonly min: number;
  /** Rightmost value. */
  readonly max: number;
  /** Distance of neighbouring values. */
  readonly step: number;
  /** Where it stands at first: pictures (PNG, SVG) show the figure so. */
  readonly value: number;
}

/**
 * Makes a figure that follows sliders: its expressions (`transform` filters and calculations, `test`, `expr`)
 * may use their names. JupyterLab shows the sliders below the figure; a picture is drawn for their first
 * values.
 *
 * @param spec As for {@link figure}.
 * @throws {RangeError} If a name is not an identifier, or the value is not between `min` and `max`.
 *
 * @example
 * ```ts
 * import { renderSvg, sliderFigure } from "@refigure/refigure/figures";
 * import assert from "node:assert/strict";
 *
 * const falling = sliderFigure({
 *   data: { values: [0, 1, 2, 3].map((time) => ({ time, height: 9 - time ** 2 })) },
 *   transform: [{ filter: "datum.time <= now" }],
 *   mark: "point",
 *   encoding: { x: { field: "time", type: "quantitative" }, y: { field: "height", type: "quantitative" } },
 * }, {
 *   sliders: [{ name: "now", label: "time", min: 0, max: 3, step: 0.1, value: 1.5 }],
 *   alt: "Two points.",
 * });
 * assert.equal((await renderSvg(falling)).match(/aria-roledescription="point"/g)?.length, 2);
 * ```
 */
export function sliderFigure(
  spec: VegaLiteSpec,
  { sliders, alt }: { readonly sliders: readonly Slider[]; readonly alt: string },
): Figure {
  const params = sliders.map(({ name, label, min, max, step, value }) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new RangeError(
        `Cannot add a slider as its name must be an identifier: current value is ${JSON.stringify(name)}`,
      );
    }
    if (!(min <= value && value <= max && step > 0)) {
      throw new RangeError(
        `Cannot add the slider "${name}" as its value must be in [${min}, ${max}] and its step > 0: ` +
          `current values are ${value} and ${step}`,
      );
    }
    return { name, value, bind: { input: "range", min, max, step, name: `${label} ` } };
  });
  return figure({ ...spec, params }, { alt });
}
