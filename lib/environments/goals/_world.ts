import type { MujocoFiles, MujocoPhysics } from "../mujoco.ts";

const COMMENT = /<!--[\s\S]*?-->/g;
const element = (name: string, attribute: string) =>
  new RegExp(`<${name}\\b[^>]*\\b${attribute}="[^"]*"[^>]*?(?:/>|>\\s*</${name}>)`, "g");
const MESH_ASSET = element("mesh", "file"), MESH_GEOM = element("geom", "mesh");
/** Memory to set aside, by rules of older versions: up to 4 GB. MuJoCo now knows by itself. */
const LEGACY_SIZE = /\s(njmax|nconmax|nstack)="\d+"/g;
const PICTURE = element("texture", "file");

/**
 * Models without what lies in files of their own: meshes, parts that are meshes, and pictures. Inertias are
 * written in these models, so masses do not change; the links of the arms no longer collide, but fingers,
 * blocks, tables, hooks and doors are simple shapes and do.
 *
 * @param files MJCF by path.
 */
export function withoutMeshes(files: MujocoFiles): MujocoFiles {
  return Object.fromEntries(
    Object.entries(files).filter(([path]) => path.endsWith(".xml")).map(([path, text]) => {
      const bare = text.replace(COMMENT, "");
      const pictures = Array.from(bare.matchAll(PICTURE), ([tag]) => /\bname="([^"]*)"/.exec(tag)?.[1]);
      let kept = bare.replace(MESH_ASSET, "").replace(MESH_GEOM, "").replace(PICTURE, "")
        .replace(/\s+type="mesh"/g, "").replace(LEGACY_SIZE, "");
      for (const name of pictures) kept = kept.replaceAll(` texture="${name}"`, "");
      return [path, kept];
    }),
  );
}

/** Everything that a reset goes back to. */
interface Snapshot {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly controls: Float64Array;
  readonly mocap: Pose;
}

/** Place, and direction as quaternion. */
export interface Pose {
  readonly position: readonly number[];
  readonly quaternion: readonly number[];
}

const triple = (array: ArrayLike<number>, row: number) => [0, 1, 2].map((k) => array[3 * row + k]);

/** A model whose hand may hang on a body that is moved at will: the one "mocap" body of the model. */
export class World {
  readonly physics: MujocoPhysics;
  readonly #ids = new Map<string, number>();

  constructor(physics: MujocoPhysics) {
    this.physics = physics;
  }

  #id(kind: "BODY" | "SITE" | "JOINT" | "GEOM", name: string): number {
    const key = `${kind} ${name}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      const { mujoco, model } = this.physics.raw;
      id = mujoco.mj_name2id(model, mujoco.mjtObj[`mjOBJ_${kind}`].value, name);
      if (id < 0) throw new RangeError(`Cannot open the task as its model must have ${kind} "${name}"`);
      this.#ids.set(key, id);
    }
    return id;
  }

  /** Index of a joint's first coordinate in qpos. */
  coordinate(joint: string): number {
    return this.physics.raw.model.jnt_qposadr[this.#id("JOINT", joint)];
  }

  /** Index of a joint's first velocity in qvel. */
  velocityIndex(joint: string): number {
    return this.physics.raw.model.jnt_dofadr[this.#id("JOINT", joint)];
  }

  /** View on the coordinates, for reading and writing; not to be kept. */
  get positions(): Float64Array {
    return this.physics.raw.data.qpos;
  }

  /** View on the velocities, for reading and writing; not to be kept. */
  get velocities(): Float64Array {
    return this.physics.raw.data.qvel;
  }

  /** Where a body is, and its direction. */
  body(name: string): Pose {
    const id = this.#id("BODY", name), { xpos, xquat } = this.physics.raw.data;
    return { position: triple(xpos, id), quaternion: [0, 1, 2, 3].map((k) => xquat[4 * id + k]) };
  }

  /** Where a site is. */
  site(name: string): number[] {
    return triple(this.physics.raw.data.site_xpos, this.#id("SITE", name));
  }

  /** A site's rotation, row by row. */
  siteMatrix(name: string): number[] {
    const id = this.#id("SITE", name), { site_xmat } = this.physics.raw.data;
    return Array.from({ length: 9 }, (_, k) => site_xmat[9 * id + k]);
  }

  /** Jacobian of a site's place, `[3, nv]`. */
  siteJacobian(name: string): Float64Array {
    const { mujoco, model, data } = this.physics.raw;
    const place = new mujoco.DoubleBuffer(3 * model.nv), turn = new mujoco.DoubleBuffer(3 * model.nv);
    mujoco.mj_jacSite(model, data, place, turn, this.#id("SITE", name));
    const jacobian = Float64Array.from(place.GetView() as Float64Array);
    place.delete();
    turn.delete();
    return jacobian;
  }

  /** Velocity of a site in the world: how fast it turns and moves. */
  siteVelocity(name: string): { readonly angular: number[]; readonly linear: number[] } {
    const { mujoco, model, data } = this.physics.raw;
    const result = new mujoco.DoubleBuffer(6);
    const kind = mujoco.mjtObj.mjOBJ_SITE.value;
    mujoco.mj_objectVelocity(model, data, kind, this.#id("SITE", name), result, 0);
    const view = result.GetView() as Float64Array;
    const velocity = { angular: triple(view, 0), linear: triple(view, 1) };
    result.delete();
    return velocity;
  }

  /** Where the body is that the hand hangs on. */
  get mocap(): Pose {
    const { mocap_pos, mocap_quat } = this.physics.raw.data;
    return { position: triple(mocap_pos, 0), quaternion: [0, 1, 2, 3].map((k) => mocap_quat[k]) };
  }

  set mocap({ position, quaternion }: Pose) {
    const { data } = this.physics.raw;
    data.mocap_pos.set(position);
    data.mocap_quat.set(quaternion);
  }

  /** Lets the hand hang on the other body without offset, in every weld of the model. */
  resetWelds(): void {
    const { model } = this.physics.raw;
    // Anchor 0, place 0, no rotation; the eleventh number, the torque's scale, stays as it is.
    for (let row = 0; row < model.neq; row++) model.eq_data.set([0, 0, 0, 0, 0, 0, 1, 0, 0, 0], 11 * row);
  }

  /** Ranges of the controls. */
  controlRanges(): (readonly [low: number, high: number])[] {
    const { nu, actuator_ctrlrange: ranges } = this.physics.raw.model;
    return Array.from({ length: nu }, (_, i) => [ranges[2 * i], ranges[2 * i + 1]]);
  }

  /** Computes all that follows from the state. */
  forward(): void {
    const { mujoco, model, data } = this.physics.raw;
    mujoco.mj_forward(model, data);
  }

  /** What {@link World.restore} goes back to. */
  save(): Snapshot {
    return {
      positions: this.physics.positions,
      velocities: this.physics.velocities,
      controls: Float64Array.from(this.physics.raw.data.ctrl as Float64Array),
      mocap: this.physics.raw.model.nmocap ? this.mocap : { position: [], quaternion: [] },
    };
  }

  /** Goes back to a saved state; nothing that happened since is left. */
  restore({ positions, velocities, controls, mocap }: Snapshot): void {
    this.physics.setState(positions, velocities);
    this.physics.setControls(controls);
    if (mocap.position.length) this.mocap = mocap;
    this.forward();
  }
}
