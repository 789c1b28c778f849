/**
 * Tables of the ziggurat method for the normal law (Marsaglia & Tsang 2000), 256 layers of equal area under
 * f(x) = exp(−x²/2), x ≥ 0; layer 0 is the base strip with the tail beyond {@link TAIL_START}.
 */

const LAYERS = 256;
/** Where the tail begins: the r for which 256 layers of equal area V = r f(r) + ∫_r^∞ f close at the top. */
const TAIL_START = 3.6541528853610088;
/** Area of each layer, V. */
const LAYER_AREA = 0.004928673233974655;
/** Candidates are integers below 2⁵³. */
const RESOLUTION = 9007199254740992;

const density = (x: number) => Math.exp(-0.5 * x * x);

/** Right edges: `EDGES[0]` = V / f(r) (virtual width of the base), `EDGES[1]` = r, …, `EDGES[256]` = 0. */
const EDGES = new Float64Array(LAYERS + 1);
EDGES[0] = LAYER_AREA / density(TAIL_START);
EDGES[1] = TAIL_START;
for (let i = 2; i < LAYERS; i++) {
  // Equal areas: x_{i−1} (f(x_i) − f(x_{i−1})) = V
  EDGES[i] = Math.sqrt(-2 * Math.log(density(EDGES[i - 1]) + LAYER_AREA / EDGES[i - 1]));
}

/** x = candidate · `LAYER_SCALES[layer]`. */
export const LAYER_SCALES: Float64Array = EDGES.subarray(0, LAYERS).map((edge) => edge / RESOLUTION);

/** Candidates below `LAYER_LIMITS[layer]` lie wholly under the curve. */
export const LAYER_LIMITS: Float64Array = LAYER_SCALES.map((_, i) =>
  Math.floor(EDGES[i + 1] / EDGES[i] * RESOLUTION)
);

/** Finishes a draw that left its layer's rectangle: a magnitude ≥ 0, or −1 if it is rejected. */
export function sampleOutsideLayer(layer: number, x: number, source: { nextUniform(): number }): number {
  if (layer === 0) {
    // Tail beyond r (Marsaglia 1964): exponential proposal with rate r.
    for (;;) {
      const beyond = -Math.log1p(-source.nextUniform()) / TAIL_START;
      const level = -Math.log1p(-source.nextUniform());
      if (2 * level > beyond * beyond) return TAIL_START + beyond;
    }
  }
  const below = density(EDGES[layer]), above = density(EDGES[layer + 1]);
  return below + source.nextUniform() * (above - below) < density(x) ? x : -1;
}
