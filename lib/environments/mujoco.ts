/** MuJoCo's physics (npm `@mujoco/mujoco`, WebAssembly) behind plain arrays. */
import load, { type MainModule, type MjData, type MjModel } from "@mujoco/mujoco";
import { checkAction, checkNumbers } from "./_check.ts";

/** MJCF files by path, e.g. `hopper.xml`, `common/skybox.xml`; includes are found among them. */
export type MujocoFiles = Readonly<Record<string, string>>;

/** Options of {@link openMujoco}. */
export interface OpenMujocoOptions {
  /** The model's XML and what it refers to. */
  readonly files: MujocoFiles;
  /** Path of the model in `files`. */
  readonly path: string;
}

/** A body part as a picture needs it, in the x–z plane. */
export interface Geometry {
  /** Its form; what a picture does not know is `other`. */
  readonly type: "plane" | "sphere" | "capsule" | "cylinder" | "box" | "other";
  /** Centre, in m. */
  readonly x: number;
  /** Height of the centre, in m. */
  readonly z: number;
  /** Direction of the part's own z axis. */
  readonly axis: readonly [x: number, z: number];
  /** Half sizes as MuJoCo has them: radius and half length of a capsule, half sides of a box, in m. */
  readonly size: readonly number[];
}

const TYPES = new Map<number, Geometry["type"]>([
  [0, "plane"],
  [2, "sphere"],
  [3, "capsule"],
  [5, "cylinder"],
  [6, "box"],
]);

let engine: Promise<MainModule> | undefined;
let folders = 0;

/**
 * Loads a model. The same numbers come out wherever version 3.14.0 of the package runs: it is WebAssembly
 * without threads.
 *
 * @throws {RangeError} If there is no file of that path.
 * @throws {SyntaxError} If MuJoCo refuses the model.
 */
export async function openMujoco({ files, path }: OpenMujocoOptions): Promise<MujocoPhysics> {
  if (!Object.hasOwn(files, path)) {
    throw new RangeError(
      `Cannot open the model as path must be one of ${
        Object.keys(files).join(", ")
      }: current value is ${path}`,
    );
  }
  const mujoco = await (engine ??= load());
  const folder = `/model${folders++}`;
  mujoco.FS.mkdir(folder);
  for (const [name, text] of Object.entries(files)) {
    const parts = name.split("/");
    parts.slice(0, -1).forEach((_, i) => {
      const parent = `${folder}/${parts.slice(0, i + 1).join("/")}`;
      if (!mujoco.FS.analyzePath(parent, false).exists) mujoco.FS.mkdir(parent);
    });
    mujoco.FS.writeFile(`${folder}/${name}`, text);
  }
  let model: MjModel;
  try {
    // deno-lint-ignore no-explicit-any -- the typing wants a second argument that the function does not need
    model = (mujoco.MjModel as any).from_xml_path(`${folder}/${path}`);
  } catch (cause) {
    throw new SyntaxError(`Cannot open the model ${path}: ${(cause as Error).message}`, { cause });
  }
  return new MujocoPhysics(mujoco, model);
}

/** A model with its state; made by {@link openMujoco}. */
export class MujocoPhysics {
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  /** How many states there are of the model. */
  readonly #users: { count: number };
  /** Number of coordinates. */
  readonly nq: number;
  /** Number of velocities. */
  readonly nv: number;
  /** Number of controls. */
  readonly nu: number;
  /** Seconds of one physics step. */
  readonly timeStep: number;

  /** Prefer {@link openMujoco}. */
  constructor(mujoco: MainModule, model: MjModel, users: { count: number } = { count: 0 }) {
    this.#mujoco = mujoco;
    this.#model = model;
    this.#users = users;
    users.count++;
    this.#data = new mujoco.MjData(model);
    ({ nq: this.nq, nv: this.nv, nu: this.nu } = model);
    this.timeStep = model.opt.timestep;
  }

  /** The same model with a state of its own; each has to be disposed. */
  fork(): MujocoPhysics {
    return new MujocoPhysics(this.#mujoco, this.#model, this.#users);
  }

  /**
   * The engine's own objects, for what this class does not offer.
   *
   * @internal
   */
  get raw(): { readonly mujoco: MainModule; readonly model: MjModel; readonly data: MjData } {
    return { mujoco: this.#mujoco, model: this.#model, data: this.#data };
  }

  /** A copy of the coordinates, `[nq]`, in m and rad. */
  get positions(): Float64Array {
    return Float64Array.from(this.#data.qpos as Float64Array);
  }

  /** A copy of the velocities, `[nv]`. */
  get velocities(): Float64Array {
    return Float64Array.from(this.#data.qvel as Float64Array);
  }

  /** Seconds since the last reset. */
  get time(): number {
    return this.#data.time;
  }

  /** Goes back to the model's initial state, all memory of the solver included. */
  reset(): void {
    this.#mujoco.mj_resetData(this.#model, this.#data);
  }

  /**
   * Resets, then takes a state and computes what follows from it.
   *
   * @throws {RangeError} If the lengths are not nq and nv.
   */
  setState(positions: ArrayLike<number>, velocities: ArrayLike<number>): void {
    checkNumbers("set the positions", positions, this.nq);
    checkNumbers("set the velocities", velocities, this.nv);
    this.reset();
    this.#data.qpos.set(positions);
    this.#data.qvel.set(velocities);
    this.#mujoco.mj_forward(this.#model, this.#data);
  }

  /** Sets the controls, `[nu]`; MuJoCo itself clips them to their ranges. */
  setControls(controls: ArrayLike<number>): void {
    checkAction("set the controls", controls, this.nu);
    this.#data.ctrl.set(controls);
  }

  /** Advances by some physics steps. */
  step(steps = 1): void {
    for (let i = 0; i < steps; i++) this.#mujoco.mj_step(this.#model, this.#data);
  }

  /** Limits of the joints, `[lower, upper]`; undefined where there are none. */
  jointRanges(): (readonly [lower: number, upper: number] | undefined)[] {
    const { jnt_range, njnt } = this.#model;
    return Array.from({ length: njnt }, (_, i) => {
      const [lower, upper] = [jnt_range[2 * i], jnt_range[2 * i + 1]];
      // The flag itself (jnt_limited) cannot be read in 3.14.0; without limits the range is 0 to 0.
      return lower < upper ? [lower, upper] as const : undefined;
    });
  }

  /** Values of a sensor. @throws {RangeError} If the model has none of that name. */
  sensor(name: string): number[] {
    const id = this.#id(this.#mujoco.mjtObj.mjOBJ_SENSOR, name);
    const start = this.#model.sensor_adr[id];
    return Array.from({ length: this.#model.sensor_dim[id] }, (_, i) => this.#data.sensordata[start + i]);
  }

  /** Number of contacts. */
  get contacts(): number {
    return this.#data.ncon;
  }

  /** Joints that turn without limits, by their number. */
  freeHinges(): number[] {
    const { jnt_type } = this.#model, hinge = this.#mujoco.mjtJoint.mjJNT_HINGE.value;
    return this.jointRanges().flatMap((range, i) => range === undefined && jnt_type[i] === hinge ? [i] : []);
  }

  /** Damping of a degree of freedom from now on, in all forks of the model, in N·m·s. */
  setDamping(degree: number, damping: number): void {
    this.#model.dof_damping[degree] = damping;
  }

  /** Height and turn of all bodies but the world, in the model's order. */
  bodies(): { readonly z: number; readonly turn: readonly [xx: number, xz: number, zz: number] }[] {
    const { xpos, xmat } = this.#data;
    return Array.from({ length: this.#model.nbody - 1 }, (_, i) => ({
      z: xpos[3 * (i + 1) + 2],
      turn: [0, 2, 8].map((k) => xmat[9 * (i + 1) + k]) as [number, number, number],
    }));
  }

  /** Where a site is, and its first size. @throws {RangeError} If the model has none of that name. */
  site(name: string): { readonly position: readonly number[]; readonly size: number } {
    const id = this.#id(this.#mujoco.mjtObj.mjOBJ_SITE, name);
    return {
      position: [0, 1, 2].map((k) => this.#data.site_xpos[3 * id + k]),
      size: this.#model.site_size[3 * id],
    };
  }

  /** The parts of the model where they are now. */
  geometries(): Geometry[] {
    const { ngeom, geom_type, geom_size } = this.#model;
    const { geom_xpos, geom_xmat } = this.#data;
    return Array.from({ length: ngeom }, (_, i) => ({
      type: TYPES.get(geom_type[i]) ?? "other",
      x: geom_xpos[3 * i],
      z: geom_xpos[3 * i + 2],
      axis: [geom_xmat[9 * i + 2], geom_xmat[9 * i + 8]],
      size: [0, 1, 2].map((k) => geom_size[3 * i + k]),
    }));
  }

  #id(kind: unknown, name: string): number {
    const id = this.#mujoco.mj_name2id(this.#model, (kind as { value: number }).value, name);
    if (id >= 0) return id;
    throw new RangeError(
      `Cannot read from the model as name must be one of its own: current value is ${name}`,
    );
  }

  /** Frees the state, and the model if no fork is left that uses it. */
  dispose(): void {
    this.#data.delete();
    if (--this.#users.count === 0) this.#model.delete();
  }
}
