/** The files that `new` and `init` write: path, with `{{…}}` for what is filled in, → text. */
import notebook from "./notebook.ipynb.txt" with { type: "text" };
import readme from "./repository/README.md.txt" with { type: "text" };
import workflow from "./repository/workflow.yml.txt" with { type: "text" };
import paperReadme from "./reproduction/README.md.txt" with { type: "text" };
import errors from "./reproduction/artefacts/errors.ts.txt" with { type: "text" };
import claims from "./reproduction/claims.ts.txt" with { type: "text" };
import fit from "./reproduction/experiments/fit.ts.txt" with { type: "text" };
import paper from "./reproduction/mod.ts.txt" with { type: "text" };
import reported from "./reproduction/reported.json.txt" with { type: "text" };
import studies from "./reproduction/studies.ts.txt" with { type: "text" };
import claimsTest from "./tests/claims_test.ts.txt" with { type: "text" };
import goldenTest from "./tests/golden_test.ts.txt" with { type: "text" };

/** Files by their path below the project. */
export type Template = Readonly<Record<string, string>>;

/** A paper. */
export const PAPER: Template = {
  "reproductions/{{id}}/README.md": paperReadme,
  "reproductions/{{id}}/artefacts/errors.ts": errors,
  "reproductions/{{id}}/claims.ts": claims,
  "reproductions/{{id}}/experiments/fit.ts": fit,
  "reproductions/{{id}}/mod.ts": paper,
  "reproductions/{{id}}/reported.json": reported,
  "reproductions/{{id}}/studies.ts": studies,
  "tests/reproductions/{{id}}/claims_test.ts": claimsTest,
  "tests/reproductions/{{id}}/golden_test.ts": goldenTest,
  "notebooks/{{id}}.ipynb": notebook,
};

/** A repository for papers, beside its `deno.json`. */
export const REPOSITORY: Template = {
  ".github/workflows/ok.yml": workflow,
  ".gitignore": "/out/\n/data/\n/node_modules/\n.ipynb_checkpoints/\n.executing-*\n",
  "README.md": readme,
};

/** A template's files with their values in their places. */
export function filled(template: Template, values: Readonly<Record<string, string>>): Template {
  const fill = (text: string) => text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
  return Object.fromEntries(Object.entries(template).map(([path, text]) => [fill(path), fill(text)]));
}
