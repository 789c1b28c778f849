import {
  AstroTime,
  BaryState,
  Body,
  JupiterMoons,
  MassProduct,
  Rotation_EQJ_ECL,
  RotationAxis,
} from "astronomy-engine";

/** A body of the solar system. */
export interface SolarBody {
  /** E.g. `Jupiter`. */
  readonly name: string;
  /** Mass, kg. */
  readonly massKg: number;
  /** How its states come about. */
  readonly source: "ephemeris" | "Keplerian model";
}

/** First sample, 1980-01-01T00:00 TT, in days from J2000. */
export const SOLAR_START_DAYS: number = -7305.5;

const AU_KM = 149597870.7;

/** Masses in kg as in the list of Lemos et al. 2022 that the paper's data set goes back to. */
const MASSES = new Map<string, number>(Object.entries({
  Sun: 1.9885e30,
  Mercury: 3.3011e23,
  Venus: 4.8685e24,
  Earth: 5.9724e24,
  Moon: 7.34767309e22,
  Mars: 6.4171e23,
  Jupiter: 1.89819e27,
  Io: 8.9319e22,
  Europa: 4.8e22,
  Ganymede: 1.4819e23,
  Callisto: 1.0759e23,
  Saturn: 5.6834e26,
  Mimas: 3.7493e19,
  Enceladus: 1.08022e20,
  Tethys: 6.17449e20,
  Dione: 1.095452e21,
  Rhea: 2.306518e21,
  Titan: 1.353452e23,
  Hyperion: 5.6199e18,
  Iapetus: 1.805635e21,
  Phoebe: 8.292e18,
  Uranus: 8.68103e25,
  Ariel: 1.251e21,
  Umbriel: 1.275e21,
  Titania: 3.4e21,
  Oberon: 3.076e21,
  Miranda: 6.4e19,
  Neptune: 1.0241e26,
  Triton: 2.139e22,
  Nereid: 3.0873e19,
  Proteus: 4.4e19,
}));

/** A moon's mean orbit about its planet's equator. */
interface MeanOrbit {
  readonly planet: Body;
  readonly semiMajorAxisKm: number;
  readonly eccentricity: number;
  readonly inclinationDegrees: number;
}

const orbits = (planet: Body, rows: Readonly<Record<string, readonly [number, number, number]>>) =>
  Object.entries(rows).map(([name, [semiMajorAxisKm, eccentricity, inclinationDegrees]]) =>
    [name, { planet, semiMajorAxisKm, eccentricity, inclinationDegrees }] as const
  );

/**
 * Textbook mean elements, from memory and good to about 1 %: a model of how such moons move, neither an
 * ephemeris nor the paper's data. The order counts: it fixes the phases.
 */
const ORBITS: ReadonlyMap<string, MeanOrbit> = new Map([
  ...orbits(Body.Saturn, {
    Mimas: [185539, 0.0196, 1.6],
    Enceladus: [237948, 0.0047, 0],
    Tethys: [294619, 0.0001, 1.1],
    Dione: [377396, 0.0022, 0],
    Rhea: [527108, 0.0013, 0.3],
    Titan: [1221870, 0.0288, 0.3],
    Hyperion: [1481010, 0.123, 0.4],
    Iapetus: [3560820, 0.0286, 15.5],
    Phoebe: [12955759, 0.156, 152],
  }),
  ...orbits(Body.Uranus, {
    Miranda: [129390, 0.0013, 4.2],
    Ariel: [191020, 0.0012, 0.3],
    Umbriel: [266300, 0.0039, 0.4],
    Titania: [435910, 0.0011, 0.3],
    Oberon: [583520, 0.0014, 0.1],
  }),
  ...orbits(Body.Neptune, {
    Triton: [354759, 0, 157],
    Proteus: [117647, 0.0005, 0.1],
    Nereid: [5513787, 0.751, 7],
  }),
]);

const body = (name: string): SolarBody => {
  const mass = MASSES.get(name) ??
    MASSES.get("Sun")! * MassProduct(Body.Pluto) / MassProduct(Body.Sun); // Pluto is not in the list
  return { name, massKg: mass, source: ORBITS.has(name) ? "Keplerian model" : "ephemeris" };
};

/** The 15 bodies of which the library has ephemerides. */
export const SOLAR_15: readonly SolarBody[] =
  ("Sun Mercury Venus Earth Moon Mars Jupiter Io Europa Ganymede " +
    "Callisto Saturn Uranus Neptune Pluto").split(" ").map(body);

/** The paper's 31 bodies, in its order. */
export const SOLAR_31: readonly SolarBody[] = [...MASSES.keys()].map(body);

type Vector = readonly [number, number, number];

const cross = ([a, b, c]: Vector, [x, y, z]: Vector): Vector => [b * z - c * y, c * x - a * z, a * y - b * x];
const unit = ([x, y, z]: Vector): Vector => {
  const norm = Math.hypot(x, y, z);
  return [x / norm, y / norm, z / norm];
};
const combine = (a: number, u: Vector, b: number, w: Vector): Vector => [
  a * u[0] + b * w[0],
  a * u[1] + b * w[1],
  a * u[2] + b * w[2],
];

const TO_ECLIPTIC = Rotation_EQJ_ECL().rot;

/** J2000 equator → J2000 ecliptic. */
function ecliptic(x: number, y: number, z: number): Vector {
  const r = TO_ECLIPTIC;
  return [
    r[0][0] * x + r[1][0] * y + r[2][0] * z,
    r[0][1] * x + r[1][1] * y + r[2][1] * z,
    r[0][2] * x + r[1][2] * y + r[2][2] * z,
  ];
}

/** Fixed angles for moons whose phases are not modelled: 2π·frac(k·0.6180339887). */
const phase = (k: number) => 2 * Math.PI * ((k * 0.6180339887) % 1);

/** A Keplerian orbit ready to be evaluated. */
interface Ellipse {
  readonly planet: Body;
  readonly a: number;
  readonly e: number;
  /** Mean motion, rad/day. */
  readonly n: number;
  readonly meanAnomaly: number;
  /** Towards the periapsis, and 90° further along the orbit; ecliptic. */
  readonly axes: readonly [Vector, Vector];
}

/** Places each orbit in space: its plane is measured from the planet's equator at the first sample. */
function ellipses(): ReadonlyMap<string, Ellipse> {
  const start = AstroTime.FromTerrestrialTime(SOLAR_START_DAYS);
  return new Map([...ORBITS].map(([name, orbit], index) => {
    const k = index + 1;
    const { x, y, z } = RotationAxis(orbit.planet, start).north;
    const pole = ecliptic(x, y, z);
    const equinox = unit(cross([0, 0, 1], pole));
    const node = combine(Math.cos(phase(k + 17)), equinox, Math.sin(phase(k + 17)), cross(pole, equinox));
    const tilt = orbit.inclinationDegrees * Math.PI / 180;
    const ahead = combine(Math.cos(tilt), cross(pole, node), Math.sin(tilt), pole);
    const [c, s] = [Math.cos(phase(k + 34)), Math.sin(phase(k + 34))];
    const a = orbit.semiMajorAxisKm / AU_KM;
    return [name, {
      planet: orbit.planet,
      a,
      e: orbit.eccentricity,
      n: Math.sqrt(MassProduct(orbit.planet) / a ** 3),
      meanAnomaly: phase(k),
      axes: [combine(c, node, s, ahead), combine(-s, node, c, ahead)],
    }];
  }));
}

/** Planetocentric state on an ellipse, days after the first sample. */
function onEllipse({ a, e, n, meanAnomaly, axes: [p, q] }: Ellipse, days: number): readonly [Vector, Vector] {
  const mean = (meanAnomaly + n * days) % (2 * Math.PI);
  let eccentric = e < 0.5 ? mean : Math.PI;
  // Newton's method on E − e sin E = M.
  for (let i = 0; i < 20; i++) {
    const step = (eccentric - e * Math.sin(eccentric) - mean) / (1 - e * Math.cos(eccentric));
    eccentric -= step;
    if (Math.abs(step) < 1e-14) break;
  }
  const [c, s, minor] = [Math.cos(eccentric), Math.sin(eccentric), Math.sqrt(1 - e * e)];
  const rate = n * a / (1 - e * c);
  return [combine(a * (c - e), p, a * minor * s, q), combine(-rate * s, p, rate * minor * c, q)];
}

let kepler: ReadonlyMap<string, Ellipse> | undefined;

/**
 * States of bodies at one time: solar-system barycentre, J2000 ecliptic, AU and AU/day.
 *
 * Sun, planets, Moon, Pluto and the Galilean moons come from `npm:astronomy-engine` 2.1.19, within 1.2e-5 AU
 * of JPL's ephemeris where that was checked. Other moons run on ellipses about their real planets.
 *
 * @param days Terrestrial time in days from J2000.
 * @returns [bodies, 6]: x, y, z, vx, vy, vz.
 */
export function solarStates(bodies: readonly SolarBody[], days: number): Float64Array {
  const time = AstroTime.FromTerrestrialTime(days);
  const known = new Map<string, ReturnType<typeof BaryState>>();
  const barycentric = (name: Body) => {
    if (!known.has(name)) known.set(name, BaryState(name, time));
    return known.get(name)!;
  };
  let moons: ReturnType<typeof JupiterMoons> | undefined;
  const out = new Float64Array(6 * bodies.length);
  bodies.forEach(({ name }, i) => {
    const galilean = name.toLowerCase() as keyof ReturnType<typeof JupiterMoons>;
    if (ORBITS.has(name)) {
      kepler ??= ellipses();
      const ellipse = kepler.get(name)!;
      const { x, y, z, vx, vy, vz } = barycentric(ellipse.planet);
      const [position, velocity] = onEllipse(ellipse, days - SOLAR_START_DAYS);
      out.set(combine(1, ecliptic(x, y, z), 1, position), 6 * i);
      out.set(combine(1, ecliptic(vx, vy, vz), 1, velocity), 6 * i + 3);
      return;
    }
    let { x, y, z, vx, vy, vz } = barycentric(
      ["io", "europa", "ganymede", "callisto"].includes(galilean) ? Body.Jupiter : name as Body,
    );
    if (["io", "europa", "ganymede", "callisto"].includes(galilean)) {
      moons ??= JupiterMoons(time);
      const moon = moons[galilean];
      [x, y, z] = [x + moon.x, y + moon.y, z + moon.z];
      [vx, vy, vz] = [vx + moon.vx, vy + moon.vy, vz + moon.vz];
    }
    out.set(ecliptic(x, y, z), 6 * i);
    out.set(ecliptic(vx, vy, vz), 6 * i + 3);
  });
  return out;
}
