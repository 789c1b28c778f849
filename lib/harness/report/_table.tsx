/** @jsxImportSource preact */
import {
  type Cell,
  type Column,
  formatCell,
  isNumericColumn,
  type Table,
  tableNotes,
} from "../../figures/mod.ts";

/** Tables of more columns may be wider than the text. */
const WIDE = 7;

/** A table that sorts by a click on a column's head; without JavaScript it is a table. */
export function DataTable({ table, label }: { readonly table: Table; readonly label: string }) {
  const { columns, rows } = table;
  const numeric = columns.map((column) => isNumericColumn(table, column));
  return (
    <>
      <div class="scroll" role="region" aria-label={label} tabindex={0}>
        <table class={columns.length > WIDE ? "data wide" : "data"}>
          <thead>
            <tr>
              {columns.map(({ key, title, note }, i) => (
                <th key={key} scope="col" class={numeric[i] ? "number" : undefined} title={note}>
                  <span class="head">{title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {columns.map((column, k) => (
                  <DataCell key={column.key} cell={row[column.key]} column={column} number={numeric[k]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {tableNotes(table).map((note) => <p key={note} class="note">{note}</p>)}
    </>
  );
}

function DataCell(
  { cell, column, number }: {
    readonly cell: Cell | undefined;
    readonly column: Column;
    readonly number: boolean;
  },
) {
  const measured = typeof cell === "object" && cell !== null ? cell : undefined;
  const value = measured ? measured.value : cell;
  const provenance = measured && [
    `${column.title}: computed here`,
    measured.std === undefined ? "" : "± standard deviation over seeds",
    measured.reported === undefined
      ? ""
      : `in brackets the paper's value${column.note ? ` (${column.note})` : ""}`,
  ].filter(Boolean).join("; ");
  return (
    <td class={number ? "number" : undefined} data-value={value ?? ""} title={provenance}>
      {formatCell(measured ? { ...measured, reported: undefined } : cell, column)}
      {measured?.reported !== undefined && (
        <small class="reported">({formatCell(measured.reported, column)})</small>
      )}
    </td>
  );
}
