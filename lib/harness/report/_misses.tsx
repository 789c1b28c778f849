/** @jsxImportSource preact */
import type { Cell, Column, Measured, Table } from "../../figures/mod.ts";
import { formatCell } from "../../figures/mod.ts";
import type { Evaluation } from "../results/mod.ts";

/** One of our values beside the paper's. */
export interface Miss {
  /** The table that both stand in. */
  readonly artefact: string;
  readonly location: string;
  /** The row's own name. */
  readonly row: string;
  readonly column: Column;
  readonly measured: Measured & { readonly value: number; readonly reported: number };
  /** Ours − the paper's. */
  readonly difference: number;
  /** The difference in standard deviations of ours over seeds; `null` where there is one seed only. */
  readonly deviations: number | null;
}

/** A difference of so many standard deviations over seeds is what seeds alone may give. */
const USUAL = 2;

const isCompared = (cell: Cell): cell is Miss["measured"] =>
  typeof cell === "object" && cell !== null && cell.value !== null && cell.reported !== undefined;

/** Every value of ours that stands beside one of the paper's, the largest relative differences first. */
export function missesOf({ artefacts }: Pick<Evaluation, "artefacts">): Miss[] {
  const misses = artefacts.flatMap(({ artefact, value }) => {
    if (value?.kind !== "table") return [];
    return value.rows.flatMap((row) =>
      value.columns.flatMap((column): Miss[] => {
        const measured = row[column.key];
        if (measured === undefined || !isCompared(measured)) return [];
        const { value: ours, reported, std } = measured;
        const difference = ours - reported;
        return [{
          artefact: artefact.id,
          location: artefact.location,
          row: rowName(value, row),
          column,
          measured,
          difference,
          deviations: std === undefined || std === 0 ? null : difference / std,
        }];
      })
    );
  });
  const relative = ({ difference, measured: { reported } }: Miss) =>
    Math.abs(difference) / Math.max(Math.abs(reported), Number.MIN_VALUE);
  return misses.toSorted((a, b) => relative(b) - relative(a));
}

/** The texts of a row, by which a reader knows it. */
function rowName({ columns }: Table, row: Table["rows"][number]): string {
  return columns.map(({ key }) => row[key]).filter((cell) => typeof cell === "string").join(", ");
}

/** The paper's numbers against ours, each by how far ours is off; nothing where there are none. */
export function AgainstThePaper({ evaluation }: { readonly evaluation: Evaluation }) {
  const misses = missesOf(evaluation);
  if (misses.length === 0) return null;
  const spread = misses.filter(({ deviations }) => deviations !== null);
  const inside = spread.filter(({ deviations }) => Math.abs(deviations!) <= USUAL).length;
  return (
    <section id="against-the-paper">
      <h2>Paper against ours</h2>
      <p>
        {misses.length} of the paper’s numbers stand beside ours, {spread.length}{" "}
        of them with a spread over seeds: {inside} {inside === 1 ? "differs" : "differ"} by at most {USUAL}
        {" "}
        of our standard deviations. What scale and data the two have is told above and at each table.
      </p>
      <details open={misses.length <= 24}>
        <summary>All of them, the largest relative differences first</summary>
        <div class="scroll" role="region" aria-label="Paper against ours" tabindex={0}>
          <table class="data">
            <thead>
              <tr>
                {["Row", "Value", "Ours", "Paper", "Ours − paper", "%", "Standard deviations"].map((
                  title,
                  i,
                ) => (
                  <th key={title} scope="col" class={i > 1 ? "number" : undefined}>
                    <span class="head">{title}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{misses.map((miss, i) => <MissRow key={i} miss={miss} />)}</tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function MissRow(
  { miss: { artefact, location, row, column, measured, difference, deviations } }: { readonly miss: Miss },
) {
  const { value, std, reported } = measured;
  const share = reported === 0 ? null : 100 * difference / Math.abs(reported);
  const kind = deviations === null ? "" : Math.abs(deviations) <= USUAL ? "inside" : "outside";
  return (
    <tr>
      <th scope="row">{row}</th>
      <td>
        {column.title}{" "}
        <small>
          (<a href={`#${artefact}`}>{location}</a>)
        </small>
      </td>
      <td class="number" data-value={value}>{formatCell({ value, std }, column)}</td>
      <td class="number" data-value={reported}>{formatCell(reported, column)}</td>
      <td class={`number ${kind}`} data-value={difference}>{signed(formatCell(difference, column))}</td>
      <td class="number" data-value={share === null ? "" : Math.abs(share)}>
        {share === null ? "–" : signed(share.toFixed(Math.abs(share) < 10 ? 1 : 0))}
      </td>
      <td class={`number ${kind}`} data-value={deviations === null ? "" : Math.abs(deviations)}>
        {deviations === null ? "one run" : signed(deviations.toFixed(1))}
      </td>
    </tr>
  );
}

/** A number with its sign, and without one where it is zero as shown. */
function signed(text: string): string {
  if (!/[1-9]/.test(text)) return text.replace(/^[-−]/, "");
  return text.startsWith("-") ? `−${text.slice(1)}` : text.startsWith("−") ? text : `+${text}`;
}
