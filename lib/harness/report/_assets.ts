import type { ReportFile } from "./types.ts";

/** The style and the script that every page uses. */
export async function pageAssets(): Promise<readonly ReportFile[]> {
  return await Promise.all(["style.css", "report.js"].map(async (name) => ({
    path: `assets/${name}`,
    content: await Deno.readFile(new URL(`./assets/${name}`, import.meta.url)),
  })));
}
