import type { DataFile, DataSet } from "../types.ts";

type Row = readonly [path: string, sha256: string, bytes: number];

const RUNNERS: readonly Row[] = [
  ["hopper.xml", "3ce93a055ffdcd83c0c701d2400768e40d2cbb9532f3c4ae33377c27f8b39f9e", 3228],
  ["walker2d.xml", "ac13373c7ac9003a5311c4704b314ed11149b3dd7600bbc02770487300f9ad2d", 4951],
  ["half_cheetah.xml", "11797a5d69e8ac955e89ca6fdd3a0087f1c990094fda401ac51420de1b6c5494", 5616],
];

/** What the suite's models include. */
const COMMON: readonly Row[] = [
  ["common/materials.xml", "83ee4f7d3f0c9b3003ad121c2c35169a32a922c437321278f27db60d577ccfac", 1109],
  ["common/skybox.xml", "71db77c7c88dd4e1b54eb394deecfba673bbf539d110de68aa229dee00abf107", 203],
  ["common/visual.xml", "1e338ca511de35b902c4ca944d857c23fe4e7a5aea46a475cdc317dd454245b0", 176],
];

const SUITE: readonly Row[] = [
  ["acrobot.xml", "e203285c5779113bace0d9e1c6a1b1c7246dc019df6ded9790a99b8185ec5ed8", 1740],
  ["cartpole.xml", "b1d184ffa2f74260a6ad3113cbf6f539a048055fcf735b7ca2dbe426dd66fc22", 1461],
  ["cheetah.xml", "47e3152e1213d6895ef36b36bbd399f1c7e0edf7d39f05675cd72bc5fbc14faa", 3318],
  ...COMMON,
];

const CONTACTS: readonly Row[] = [
  ["ball_in_cup.xml", "34c70aafdc3459db807acb61f401e7157cfc35369bbcb712eda0e820ccb3a4f5", 1871],
  ["finger.xml", "7d106eafc8c7ec95dd4cfb00c9216d1522862aa7bdf2ee86f64f923c551dacef", 3241],
  ["walker.xml", "e8b6dd3bb40826dffed0faed978d9c5dd0aead7efaa28c27c4bb2df663af874c", 2961],
  ...COMMON,
];

/** Model files by path, as `lib/environments` takes them. */
function models(rows: readonly Row[]): Pick<DataSet<Readonly<Record<string, string>>>, "parse"> {
  return {
    parse: (files) =>
      Object.fromEntries(files.map((bytes, i) => [rows[i][0], new TextDecoder().decode(bytes)])),
  };
}

const files = (rows: readonly Row[], folder: string, byHand: string): DataFile[] =>
  rows.map(([path, sha256, bytes]) => ({ path: `${folder}/${path}`, sha256, bytes, byHand }));

/**
 * Models for MuJoCo (MJCF), text by path below the folder.
 *
 * - `mujoco/gymnasium`: hopper, walker2d and half-cheetah, the models behind D4RL's version 2.
 * - `mujoco/control-suite`: acrobot, cart-pole and cheetah of the DeepMind Control Suite with what they
 *   include.
 * - `mujoco/control-suite-contacts`: its finger, ball in cup and walker.
 *
 * There is no address to download them from: both projects have changed the files since, so the digests would
 * not hold there.
 */
export const MUJOCO: readonly DataSet<Readonly<Record<string, string>>>[] = [
  {
    name: "mujoco/gymnasium",
    title: "Hopper, walker2d and half-cheetah as MuJoCo models",
    licence: "MIT (Gymnasium, its LICENSE)",
    module: import.meta.url,
    folder: "mujoco-models",
    files: files(RUNNERS, "gymnasium", "gymnasium/envs/mujoco/assets of the Python package gymnasium"),
    ...models(RUNNERS),
  },
  {
    name: "mujoco/control-suite",
    title: "Acrobot, cart-pole and cheetah of the DeepMind Control Suite as MuJoCo models",
    licence: "Apache-2.0 (dm_control, its LICENSE)",
    module: import.meta.url,
    folder: "mujoco-models",
    files: files(SUITE, "dm_control_suite", "dm_control/suite of the Python package dm_control"),
    ...models(SUITE),
  },
  {
    name: "mujoco/control-suite-contacts",
    title: "Finger, ball in cup and walker of the DeepMind Control Suite as MuJoCo models",
    licence: "Apache-2.0 (dm_control, its LICENSE)",
    module: import.meta.url,
    folder: "mujoco-models",
    files: files(CONTACTS, "dm_control_suite", "dm_control/suite of the Python package dm_control"),
    ...models(CONTACTS),
  },
];
