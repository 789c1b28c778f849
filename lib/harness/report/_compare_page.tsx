/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { changedClaims, type Comparison } from "../results/mod.ts";
import type { Json } from "../paper/mod.ts";
import { Status } from "./_claims.tsx";
import { page } from "./_layout.tsx";

/** The page of a comparison: what changed beyond its tolerance, the largest changes of each kind first. */
export function comparePage(comparison: Comparison): string {
  const { paper, before, after, tolerance, claims, jobs, differences, cells } = comparison;
  const changed = changedClaims(comparison);
  return page({
    title: `${before.name} against ${after.name} – refigure`,
    description: `What changed between two result sets of arXiv ${paper.id}.`,
    root: "",
    body: (
      <>
        <h1>{paper.title}</h1>
        <p class="byline">
          arXiv {paper.id}: what changed from A to B by more than a relative {tolerance}
        </p>
        <Rows
          label="Result sets"
          heads={["", "Results", "Profile", "Executor", "Jobs", "Commit", "Machine", "Computed"]}
        >
          {[before, after].map(({ name, golden: { plan, executor, provenance, jobs } }, i) => (
            <tr key={name}>
              <th scope="row">{"AB"[i]}</th>
              <td>{name}</td>
              <td>{plan.profile}</td>
              <td>{executor}</td>
              <td class="number">{jobs.length}</td>
              <td>
                <code>{provenance.code.commit?.slice(0, 10) ?? "–"}{provenance.code.dirty ? "+" : ""}</code>
              </td>
              <td>{provenance.machine.cpu}</td>
              <td>{provenance.finished.slice(0, 16).replace("T", " ")}</td>
            </tr>
          ))}
        </Rows>
        <h2>Claims: {changed.length} of {claims.length} changed</h2>
        {changed.length > 0 && (
          <Rows label="Claims" heads={["Claim", "A", "B", "Because (A)", "Because (B)"]}>
            {changed.map(({ id, statement, before, after, timed }) => (
              <tr key={id}>
                <th scope="row">{statement}{timed && <small>rests on measured times</small>}</th>
                <td>{before ? <Status status={before.status} /> : "absent"}</td>
                <td>{after ? <Status status={after.status} /> : "absent"}</td>
                <td>{before?.because}</td>
                <td>{after?.because}</td>
              </tr>
            ))}
          </Rows>
        )}
        <h2>Results: {differences.length} numbers changed</h2>
        <p>
          {jobs.shared} jobs are in both; {jobs.otherData} more ran on other data, {jobs.onlyBefore}{" "}
          are only in A, {jobs.onlyAfter} only in B.
        </p>
        {differences.length > 0 && (
          <Rows label="Results" heads={["Number", "A", "B", "Relative"]}>
            {differences.map(({ path, old, new: now, relative }) => (
              <tr key={path}>
                <td>{path}</td>
                <Value value={old} />
                <Value value={now} />
                <td class="number" data-value={relative ?? ""}>{relative?.toPrecision(2) ?? "–"}</td>
              </tr>
            ))}
          </Rows>
        )}
        <h2>Tables: {cells.length} cells changed</h2>
        {cells.length > 0 && (
          <Rows label="Cells" heads={["Table", "Row", "Column", "A", "B", "B − A"]}>
            {cells.map(({ table, row, column, digits, before, after }) => {
              const text = (value: number | null | undefined) => value?.toFixed(digits) ?? "–";
              const change = typeof before === "number" && typeof after === "number" ? after - before : null;
              return (
                <tr key={`${table} ${row} ${column}`}>
                  <td>{table}</td>
                  <td>{row}</td>
                  <td>{column}</td>
                  <td class="number" data-value={before ?? ""}>{text(before)}</td>
                  <td class="number" data-value={after ?? ""}>{text(after)}</td>
                  <td class="number" data-value={change ?? ""}>{text(change)}</td>
                </tr>
              );
            })}
          </Rows>
        )}
      </>
    ),
  });
}

function Value({ value }: { readonly value: Json | undefined }) {
  const text = value === undefined ? "–" : JSON.stringify(value);
  return <td class="number" data-value={typeof value === "number" ? value : text}>{text.slice(0, 40)}</td>;
}

function Rows(
  { label, heads, children }: {
    readonly label: string;
    readonly heads: readonly string[];
    readonly children: ComponentChildren;
  },
) {
  return (
    <div class="scroll" role="region" aria-label={label} tabindex={0}>
      <table class="data">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                <span class="head">{head}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
