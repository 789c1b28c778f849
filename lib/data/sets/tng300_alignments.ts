import { parse } from "csv-parse/sync";
import type { DataSet } from "../types.ts";

/** A statistic measured in bins of separation. */
export interface MeasuredCorrelation {
  /** Middle of each bin, Mpc/h. */
  readonly separation: readonly number[];
  /** The statistic in each bin. */
  readonly value: readonly number[];
  /** Jackknife standard errors; those of the model are the scatter of ten realisations. */
  readonly error: readonly number[];
}

/** Correlations of the galaxies above a stellar mass. */
export interface AlignmentSample {
  /** log₁₀ of the least stellar mass, Msun/h. */
  readonly logStellarMass: number;
  /** ω(r): major axis against the direction to other galaxies. */
  readonly omega: MeasuredCorrelation;
  /** η(r): major axis against major axis. */
  readonly eta: MeasuredCorrelation;
  /** ξ(r): clustering. */
  readonly xi: MeasuredCorrelation;
  /** ω(r) of the halo model that was fitted to the sample. */
  readonly omegaModel: MeasuredCorrelation;
}

const COMMIT = "b90f4999d37c6092dc9e8e9c421cb708c7cc5971";
const SAMPLES = [10.5, 10, 9.5];
const STATISTICS = ["ed", "ee", "xi", "model_ed"] as const;

/** Size and digest of the files, by sample and statistic. */
const FILES: readonly (readonly [bytes: number, sha256: string])[] = [
  [857, "582a90475b6cc17c26380ddbbe6826e78bbf6afbb5bdeddf7dbc273d8ef6125c"],
  [884, "74fa78d5056dc52eb8fac558852956fc6b980cc1ca7fb996a626f4426bd66704"],
  [806, "7856abc0f8bca4d4c1980b3fe2e6cdd9632e0da48367d0feede89e483d84b606"],
  [867, "1886329712cbc9eaa0cd581e5d50c491b26dfe1b922d520f27987a8b7268694f"],
  [871, "475ae7d6ac7e244ec5c7adc237c35e0a30fe1d4e915be55e7077da8111e74364"],
  [893, "05cfbd4d896ff25174df490946b93350f965b0b9f90acbff2e4faca320e261ce"],
  [807, "14d4a452dab9358e5392c93dc53d40837faf0e1f0011f6aed49bbb4c2645293f"],
  [876, "fa24f43c19ea23f65e58ddf1e8a153f49cec9e75ce43a8271ff503f12f34cea3"],
  [881, "7218edb1c32e90ee9028eaeede597e8542d00d13f66314adfd266d0f239d222f"],
  [902, "de41cc3568ec84cffd59cd164e7a35e7c5b9b2643f167eba2c0218947a2e10e5"],
  [810, "34206fc41f0d19ba673fe292a629db11770f9cb48e42ad6242b2b38513f3d286"],
  [884, "763467fc9735155e26a9ba8703eee5c9068d505e064d47b8528f8f12222619bb"],
];

const paths = SAMPLES.flatMap((_, sample) =>
  STATISTICS.map((statistic) => `TNG300-1_99-sample_${sample + 1}_${statistic}.dat`)
);

function readCorrelation(bytes: Uint8Array): MeasuredCorrelation {
  const rows = (parse(new TextDecoder().decode(bytes), {
    delimiter: " ",
    from_line: 2,
    skip_empty_lines: true,
    trim: true,
  }) as string[][]).map((row) => row.map(Number));
  if (rows.length === 0 || rows.some((row) => row.length !== 3 || row.some(Number.isNaN))) {
    throw new SyntaxError("Cannot read the correlation as each line must hold three numbers: it does not");
  }
  const column = (index: number) => rows.map((row) => row[index]);
  return { separation: column(0), value: column(1), error: column(2) };
}

/**
 * Alignment correlations measured in the hydrodynamic simulation TNG300-1 at z = 0, for three cuts in stellar
 * mass, by D. Campbell. The axes are those of the *reduced* inertia tensor. They set the scale of what real
 * alignments are like; they are not what arXiv 2212.05596 trains on (TNG100, non-reduced tensors).
 */
export const TNG300_ALIGNMENTS: readonly DataSet<readonly AlignmentSample[]>[] = [{
  module: import.meta.url,
  name: "tng300/alignments",
  title: "Orientation and ellipticity correlations measured in TNG300-1",
  licence: "none stated (public repository github.com/duncandc/intrinsic_alignments); for reference only",
  folder: "tng300-alignment-correlations",
  files: paths.map((path, i) => ({
    path,
    bytes: FILES[i][0],
    sha256: FILES[i][1],
    url:
      `https://raw.githubusercontent.com/duncandc/intrinsic_alignments/${COMMIT}/modelling_illustris/data/${path}`,
  })),
  parse: (files) =>
    SAMPLES.map((logStellarMass, sample) => {
      const [omega, eta, xi, omegaModel] = files.slice(4 * sample, 4 * sample + 4).map(readCorrelation);
      return { logStellarMass, omega, eta, xi, omegaModel };
    }),
}];
