import { projectFolder } from "../../project/mod.ts";

/** The project's folder, with a slash at its end: see lib/project. */
export const PROJECT: string = projectFolder();

/** Where the harness reads and writes. */
export interface Places {
  /** Folder of `<paper>/mod.ts`. */
  readonly papers: string;
  /** Folder of `<paper>/<profile>.json`. */
  readonly fixtures: string;
  /** Folder of `<profile>/<paper>/` and `cache/`. */
  readonly out: string;
}

/**
 * The folders that a run uses: `REFIGURE_PAPERS` or `reproductions`, `REFIGURE_FIXTURES` or `fixtures`, and
 * the given folder, `REFIGURE_OUT` or `out`; those without a slash in front lie below the project's folder (a
 * given output folder: below the current one).
 */
export function places(options: { readonly out?: string } = {}): Places {
  const below = (folder: string) => folder.startsWith("/") ? folder : `${PROJECT}${folder}`;
  const given = options.out === undefined || options.out.startsWith("/")
    ? options.out
    : `${Deno.cwd()}/${options.out}`;
  return {
    papers: below(Deno.env.get("REFIGURE_PAPERS") || "reproductions"),
    fixtures: below(Deno.env.get("REFIGURE_FIXTURES") || "fixtures"),
    out: given ?? below(Deno.env.get("REFIGURE_OUT") || "out"),
  };
}
