/** @jsxImportSource preact */
import { type Evidence, short } from "../paper/mod.ts";

const WIDTH = 300;
const HEIGHT = 110;
/** Room for numbers at the left and below. */
const LEFT = 60, BOTTOM = 22, TOP = 6, RIGHT = 8;

/** How the comparisons behind a claim came to be decided: interval against number of pairs. */
export function EvidenceFigures({ evidence }: { readonly evidence: readonly Evidence[] }) {
  return (
    <div class="evidence">
      {evidence.filter(({ points }) => points.length > 0).map((own) => (
        <figure key={own.name}>
          <Picture evidence={own} />
          <figcaption>{own.name}, {captionOf(own)}</figcaption>
        </figure>
      ))}
    </div>
  );
}

function captionOf({ looks, units, points, scale, decided, detectable }: Evidence): string {
  const kind = looks.length > 0
    ? `intervals that hold together at the planned looks (at most ${looks.at(-1)})`
    : "interval after each, judged at the last only";
  const ends = `mean ${scale} by number of ${units}: ${kind}`;
  const looked = points.length === 1 && looks.length > 0 ? `${ends}; one look so far` : ends;
  const effect = scale === "ratio"
    ? `a factor of ${short(detectable)}`
    : `a difference of ${short(detectable)}`;
  return decided ? looked : `${looked}. With this spread, 8 of 10 such runs would tell ${effect} from none`;
}

function Picture({ evidence }: { readonly evidence: Evidence }) {
  const { points, looks, zero, matters, scale, name, units } = evidence;
  const into = scale === "ratio" ? Math.log : (value: number) => value;
  const back = scale === "ratio" ? Math.exp : (value: number) => value;
  const last = points.at(-1)!;
  // The first intervals are often very wide: what matters is where they end.
  const inner = [last.low, last.high, zero, ...matters ?? []].map(into);
  const [least, most] = [Math.min(...inner), Math.max(...inner)];
  const margin = Math.max(most - least, 1e-12) / 2;
  const [bottom, top] = [least - margin, most + margin];
  const longest = Math.max(looks.at(-1) ?? 0, last.pairs);
  const x = (pairs: number) => LEFT + (WIDTH - LEFT - RIGHT) * pairs / longest;
  const y = (value: number) => {
    const inside = Math.min(top, Math.max(bottom, into(value)));
    return TOP + (HEIGHT - TOP - BOTTOM) * (top - inside) / (top - bottom);
  };
  const label = `${name}: ` +
    points.map(({ pairs, estimate, low, high }) =>
      `${short(estimate)} (${short(low)} to ${short(high)}) from ${pairs} ${units}`
    ).join(", ");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={label}
    >
      {matters && (
        <rect
          class="band"
          x={LEFT}
          width={WIDTH - LEFT - RIGHT}
          y={y(matters[1])}
          height={y(matters[0]) - y(matters[1])}
        />
      )}
      <line class="zero" x1={LEFT} x2={WIDTH - RIGHT} y1={y(zero)} y2={y(zero)} />
      {[back(top), zero, back(bottom)].map((value) => (
        <text
          key={value}
          x={LEFT - 4}
          y={Math.min(HEIGHT - BOTTOM, Math.max(TOP + 6, y(value) + 4))}
          class="end"
        >
          {short(value, value === zero ? 3 : 2)}
        </text>
      ))}
      {[...new Set([...looks, ...points.map(({ pairs }) => pairs)])].filter((pairs, i, all) =>
        looks.includes(pairs) || i === 0 || i === all.length - 1
      ).map((pairs) => <text key={pairs} x={x(pairs)} y={HEIGHT - 6} class="middle">{pairs}</text>)}
      {points.map((point) => (
        <g key={point.pairs} class={point === last ? "last" : undefined}>
          <line x1={x(point.pairs)} x2={x(point.pairs)} y1={y(point.high)} y2={y(point.low)} />
          <circle cx={x(point.pairs)} cy={y(point.estimate)} r={2.5} />
        </g>
      ))}
    </svg>
  );
}
