import type { DataSet } from "../types.ts";

type Row = readonly [path: string, sha256: string, bytes: number];

const FETCH: readonly Row[] = [
  ["fetch/pick_and_place.xml", "019af84a6ee8e0ce56cd505f74e89115f6d23329d672b81eabd5bc015d535741", 1568],
  ["fetch/push.xml", "3f31bb93c573448bbc1a56a6551d43483f1fda147ebfdc025a69444275374214", 1255],
  ["fetch/reach.xml", "d9f61905b0a706a9c210d92e11ca862056387534211bbea503f2371c5ad4bacd", 900],
  ["fetch/robot.xml", "f5fd3395c3d9efea0293f80c5d214355826510c9472b5eb5ca570761255da167", 9689],
  ["fetch/shared.xml", "23ff1c601587a022c46e1a91cf2a10579c5b5f124e1e40afe23b4a76bf560329", 4303],
  ["fetch/slide.xml", "513e606a6011236f5b6d04e90248951861bc7279e028604345fcb803e31a2987", 1341],
];

const HAND: readonly Row[] = [
  // Has to stay with the files of the hand.
  ["LICENSE.md", "1f293999c0191f530033b34ed87763b1b9d4bf65913e4675bb79a71b5ea4e07b", 12965],
  ["hand/reach.xml", "c67dc349f18e0bd914bf3bc55ff7e74d9db62047862ffe6198cf49118d1ed69c", 1786],
  ["hand/robot.xml", "d23af9f9ab8f0ad479964fd31663536d8866b129d82ef2f676165990a1c8514b", 16788],
  ["hand/shared.xml", "fbc404e52def67e38222a395fcc39c051eacc503dbf8e22a22a5bcce36992524", 16537],
  ["hand/shared_asset.xml", "95a9153e6bba4c555ad7cdcea746520eab38e0d57415fa9b3bfaf987dd0418f1", 2070],
];

const REACHER: readonly Row[] = [
  ["reacher/reacher.xml", "3fabc64fc738326485a8231a9a649f784090a0c3d8215f8d2ccd6038b8e60cc4", 2323],
];

const SAWYER: readonly Row[] = [
  ["sawyer/door_hook_config.xml", "31e797da0948e6638bea1bf8be663b5c94275d9f079f7b6dde115871ebd7e386", 3155],
  [
    "sawyer/sawyer_door_pull_hook.xml",
    "b096247c81a6fdf715115fba61e5e243015799d9dfbfd5426539132598736df0",
    2406,
  ],
  ["sawyer/sawyer_reach.xml", "ac2b78a8a541a960607bb560cfbf783f1d8be58b488d4ff7765fd10f2e009365", 294],
  ["sawyer/sawyer_xyz_base.xml", "c0b0507c6a99c9f5a413f0f9a99a6f58f90c16e2ffcd630bc9863ac130102d35", 14570],
  [
    "sawyer/sawyer_xyz_base_door_hook.xml",
    "02513bdc9d5e0b394ef8b3b67236ba0edbb7dc371a0ea75670e049b425b8006f",
    13140,
  ],
  ["sawyer/shared_config.xml", "a38b660fd9621858701297a1f3d0ceb3ad2f5446a05f76534c150cbff50b3d23", 2074],
];

const PUBLISHED = "https://raw.githubusercontent.com";
const ROBOTICS = "Farama-Foundation/Gymnasium-Robotics/df28ecdb8e0bfd0c52754f79a305520025306225";
const GYMNASIUM = "Farama-Foundation/Gymnasium/3f0476a8cc224dcce2167cc4b6971ae0f04d5cfc";
const MERLIN = "vineetjain96/merlin/962d8e5cf6929e6bd1a2af8301d69e8fb3bfbea1";

interface Source {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  readonly rows: readonly Row[];
  /** The folder in which a file is published, and its path there. */
  readonly from: (path: string) => string;
}

function models(
  { name, title, licence, rows, from }: Source,
): DataSet<Readonly<Record<string, string>>> {
  return {
    name,
    title,
    licence,
    module: import.meta.url,
    folder: "gymnasium-robotics-xml",
    files: rows.map(([path, sha256, bytes]) => ({ path, sha256, bytes, url: `${PUBLISHED}/${from(path)}` })),
    parse: (files) =>
      Object.fromEntries(files.map((bytes, i) => [rows[i][0], new TextDecoder().decode(bytes)])),
  };
}

const robotics = (path: string) =>
  `${ROBOTICS}/${path === "LICENSE.md" ? "" : "gymnasium_robotics/envs/assets/"}${path}`;

/**
 * Models for MuJoCo (MJCF) of tasks with goals, text by path; meshes and pictures are not needed (see
 * `withoutMeshes` of lib/environments). All lie in the folder `gymnasium-robotics-xml`.
 *
 * - `mujoco/fetch`: the arm of FetchReach, FetchPush, FetchPick (and place) and FetchSlide.
 * - `mujoco/shadow-hand`: the hand of HandReach.
 * - `mujoco/reacher`: the two-link arm of Reacher.
 * - `mujoco/sawyer`: the arm of SawyerReach and SawyerDoor.
 */
export const MUJOCO_GOALS: readonly DataSet<Readonly<Record<string, string>>>[] = [
  models({
    name: "mujoco/fetch",
    title: "Fetch arm as MuJoCo models, without meshes",
    licence: "MIT (Gymnasium-Robotics, its LICENSE); derived from Fetch Robotics' fetch_ros (its LICENSE.md)",
    rows: FETCH,
    from: robotics,
  }),
  models({
    name: "mujoco/shadow-hand",
    title: "Shadow hand as MuJoCo model, without meshes",
    licence: "Apache-2.0 (Vikash Kumar; sr_common of Shadow Robot; LICENSE.md of Gymnasium-Robotics)",
    rows: HAND,
    from: robotics,
  }),
  models({
    name: "mujoco/reacher",
    title: "Two-link arm of Reacher as MuJoCo model",
    licence: "MIT (Gymnasium, its LICENSE)",
    rows: REACHER,
    from: (path) => `${GYMNASIUM}/gymnasium/envs/mujoco/assets/${path.replace("reacher/", "")}`,
  }),
  models({
    name: "mujoco/sawyer",
    title: "Sawyer arm as MuJoCo models, without meshes",
    licence: "MIT (merlin, its LICENSE); from the project multiworld",
    rows: SAWYER,
    from: (path) => `${MERLIN}/src/envs/assets/${path.replace("sawyer/", "sawyer_xyz/")}`,
  }),
];
