import type { MujocoFiles } from "../../../../lib/environments/mod.ts";
import { MUJOCO_GOALS } from "../../../../lib/data/sets/mod.ts";
import { sharedText } from "../_shared_data.ts";

/** Models of a data set, or `undefined` where the development data are absent. */
export function modelsOf(name: string): MujocoFiles | undefined {
  const { folder, files } = MUJOCO_GOALS.find((set) => set.name === name)!;
  const texts = files.map(({ path }) => [path, sharedText(`${folder}/${path}`)] as const);
  return texts.some(([, text]) => text === undefined)
    ? undefined
    : Object.fromEntries(texts as [path: string, text: string][]);
}
