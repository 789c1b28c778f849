import { fragileText } from "../paper/mod.ts";
import { coresText, duration } from "../run/mod.ts";
import type { Summary, SummaryClaim } from "./summary.ts";

/** Text that a Markdown table cell shows as it is. */
export function cell(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

/** `claims.md`: each claim with its status, test and numbers. */
export function claimsMarkdown({ paper, title, claims, machine }: Summary): string {
  const rows = claims.map((claim) => {
    const { id, location, statement, test } = claim;
    return `| ${
      [id, location, statement, test, statusOf(claim), because(claim, machine)].map(cell).join(" | ")
    } |`;
  });
  return [
    `# Claims of ${paper}: ${title}`,
    "",
    "| claim | where | statement | test | status | numbers |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function statusOf(claim: SummaryClaim): string {
  const notes = [claim.standIns.length > 0 ? "on stand-in data" : "", fragileText(claim)].filter(Boolean);
  return `**${claim.status}**${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
}

function because({ because, numbers, timed }: SummaryClaim, machine: Summary["machine"]): string {
  const values = Object.entries(numbers).map(([name, value]) => `${name} = ${value ?? "–"}`);
  if (timed) values.push(`measured on ${machine.cpu}, ${coresText(machine)}`);
  return `${because}${values.length > 0 ? ` (${values.join(", ")})` : ""}`;
}

/**
 * `index.md`: everything on one page.
 *
 * @param tables Markdown of the tables by file name.
 */
export function indexMarkdown(summary: Summary, tables: ReadonlyMap<string, string>): string {
  const { paper, title, profile, executor, jobs, seconds, code, only, standIns, machine } = summary;
  const commit = code.commit
    ? `${code.commit.slice(0, 10)}${code.dirty ? " (with changes)" : ""}`
    : "unknown";
  const lines = [
    `# ${paper}: ${title}`,
    "",
    `Profile ${profile}, executor ${executor}, ${jobs.run} jobs run, ${jobs.cached} cached, ${jobs.failed} failed, ` +
    `${duration(seconds)} on ${machine.cpu} (${coresText(machine)}), commit ${commit}, ${summary.finished}.`,
  ];
  if (standIns.length > 0) lines.push("", `**On stand-in data** instead of ${standIns.join(", ")}.`);
  if (only.length > 0) {
    lines.push("", `Limited to ${only.join(", ")}; other files in this folder are from earlier runs.`);
  }
  lines.push("", "## Claims", "", claimsTable(summary));
  for (const { id, kind, location, title, caption, files, error } of summary.artefacts) {
    lines.push("", `## ${location}: ${title}`, "", caption, "");
    if (error !== null) lines.push(`**Could not be made:** ${error}`);
    else if (kind === "figure") lines.push(`![${title}](${id}.png)`);
    else lines.push(tables.get(`${id}.md`)?.trimEnd() ?? "");
    if (files.length > 0) lines.push("", `Files: ${files.map((file) => `[${file}](${file})`).join(", ")}`);
  }
  if (summary.failures.length > 0) {
    lines.push(
      "",
      "## Failed jobs",
      "",
      ...summary.failures.map(({ label, message }) => `- ${label}: ${message}`),
    );
  }
  lines.push("", "## Data", "", ...summary.data.map(({ name, source }) => `- ${name}: ${source}`));
  if (summary.data.length === 0) lines.push("None.");
  const versions = Object.entries(summary.versions).map(([name, version]) => `${name} ${version}`);
  lines.push("", "## Versions", "", versions.join(", "), "");
  return lines.join("\n");
}

function claimsTable({ claims }: Summary): string {
  return [
    "| claim | where | statement | status | why |",
    "| --- | --- | --- | --- | --- |",
    ...claims.map((claim) =>
      `| ${
        [claim.id, claim.location, claim.statement, statusOf(claim), claim.because].map(cell).join(" | ")
      } |`
    ),
  ].join("\n");
}
