import script from "./assets/report.js" with { type: "text" };
import style from "./assets/style.css" with { type: "text" };
import type { ReportFile } from "./types.ts";

/** The style and the script that every page uses. */
export const PAGE_ASSETS: readonly ReportFile[] = [
  { path: "assets/style.css", content: style },
  { path: "assets/report.js", content: script },
];
