/** What each profile runs: experiments in named variants. */
import { BRAVAIS_LATTICES, type BravaisName } from "../../lib/crystals/mod.ts";
import { everyProfile, study, type Variant } from "../../lib/harness/mod.ts";
import {
  CELL_GROUP_NAMES,
  cellColouring,
  type CellGroupName,
  countEcn,
  siteWidthFor,
} from "../../lib/methods/crystal_symmetry/mod.ts";
import type { GraphChoice, SampleChoice } from "./experiments/_samples.ts";
import { forms } from "./experiments/forms.ts";
import { patterns } from "./experiments/patterns.ts";
import { type NetworkConfig, property, type PropertyConfig, type Sizes } from "./experiments/property.ts";
import { trivial } from "./experiments/trivial.ts";

/** The fifteen groups and their colours. */
export const PATTERNS = study(patterns, everyProfile({ all: { config: null, seeds: { only: 0 } } }));

const FORMS_CONFIG = { site: 8, layers: 2 };

/** Forms of the network against each other. */
export const FORMS = study(forms, {
  smoke: {
    all: {
      config: { ...FORMS_CONFIG, groups: ["set", "ptriclinic", "pcubic", "fcubic"] as CellGroupName[] },
      seeds: { only: 0 },
    },
  },
  laptop: { all: { config: { ...FORMS_CONFIG, groups: CELL_GROUP_NAMES }, seeds: { only: 0 } } },
  paper: { all: { config: { ...FORMS_CONFIG, groups: CELL_GROUP_NAMES }, seeds: { only: 0 } } },
});

/** What a network is compared as. */
export type Kind = "ECN" | "baseline" | "control";

/** A network in a comparison. */
interface Compared extends Variant<PropertyConfig> {
  readonly label: string;
  readonly kind: Kind;
}

/** How a network is trained. */
type Training = Pick<PropertyConfig, "epochs" | "batchSize" | "learningRate">;

/** A task and how networks are trained on it. */
interface Task {
  readonly task: SampleChoice & GraphChoice;
  readonly training: Training;
  readonly sizes: Sizes;
}

const ecn = (group: CellGroupName, sizes: Sizes): NetworkConfig => ({ kind: "ecn", group, ...sizes });

/** A network of a group with about as many parameters as that of the symmetric group with these sizes. */
function equalBudget(group: CellGroupName, sizes: Sizes): NetworkConfig {
  const { bond: bondEmbedding, head: final, layers } = sizes;
  const budget = countEcn({ site: sizes.site, bondEmbedding, final, layers }, { colours: 2 });
  const { colours } = cellColouring(group);
  return ecn(group, { ...sizes, site: siteWidthFor(budget, { bondEmbedding, final, layers, colours }) });
}

function networkOf({ task, training }: Task) {
  return (
    label: string,
    kind: Kind,
    network: NetworkConfig,
    { seeds, ...more }: { readonly seeds: number } & Partial<PropertyConfig>,
  ): Compared => ({ label, kind, config: { ...task, ...training, network, ...more }, seeds });
}

/** Constants and ridge regressions on the crystals of a task. */
function trivialOn(
  { task: { rule: _, control: __, ...sample } }: Task,
  { seeds, sites = false }: { readonly seeds: number; readonly sites?: boolean },
) {
  return { all: { config: { ...sample, sites }, seeds } };
}

// Perovskites.

interface PerovskiteScale extends Task {
  /** CGCNN's best learning rate on other seeds; the networks' own is that of the training. */
  readonly cgcnnRate: number;
  /** Of the networks that claims compare, and of the others. */
  readonly seeds: number;
  readonly others: number;
  /** Width of a CGCNN with as many parameters as the network of pcubic. */
  readonly wide: number;
}

function perovskiteNetworks({ seeds, others, wide, cgcnnRate, ...task }: PerovskiteScale) {
  const network = networkOf(task), { sizes } = task;
  const tuned = { learningRate: cgcnnRate };
  const plain: NetworkConfig = { kind: "cgcnn", ...sizes };
  return {
    pcubic: network("ECN, pcubic", "ECN", ecn("pcubic", sizes), { seeds }),
    set: network("ECN, set (message passing)", "control", ecn("set", sizes), { seeds }),
    cgcnn: network("CGCNN", "baseline", plain, { seeds, ...tuned }),
    cgcnnWide: network("CGCNN, as many parameters", "baseline", { ...plain, site: wide, head: wide }, {
      seeds,
      ...tuned,
    }),
    megnet: network("MEGNet", "baseline", { ...sizes, kind: "megnet" }, { seeds: others }),
    ptriclinic: network("ECN, ptriclinic, parameters of set", "ECN", equalBudget("ptriclinic", sizes), {
      seeds: others,
    }),
    pcubicEqual: network("ECN, pcubic, parameters of set", "ECN", equalBudget("pcubic", sizes), {
      seeds: others,
    }),
    hierarchical: network("ECN, pcubic, hierarchical", "ECN", {
      ...sizes,
      kind: "ecn",
      group: "pcubic",
      hierarchical: true,
    }, { seeds: others }),
    isolated: network("ECN without neighbours", "control", ecn("pcubic", sizes), {
      seeds,
      control: "isolated",
    }),
  };
}

const PEROVSKITE_SCALES = {
  smoke: {
    task: {
      set: "perov-5/perovskites",
      property: "heat_all",
      rule: { cutoff: 3 },
      train: 64,
      valid: 16,
      test: 32,
    },
    training: { epochs: 3, batchSize: 16, learningRate: 3e-3 },
    sizes: { site: 12, bond: 8, head: 12, layers: 1 },
    seeds: 1,
    others: 1,
    wide: 24,
    cgcnnRate: 3e-3,
  },
  laptop: {
    task: {
      set: "perov-5/perovskites",
      property: "heat_all",
      rule: { cutoff: 3.6 },
      train: 600,
      valid: 150,
      test: 500,
    },
    training: { epochs: 16, batchSize: 32, learningRate: 3e-3 },
    sizes: { site: 32, bond: 16, head: 32, layers: 2 },
    seeds: 3,
    others: 1,
    wide: 80,
    cgcnnRate: 1e-2,
  },
  paper: {
    task: {
      set: "perov-5/perovskites",
      property: "heat_all",
      rule: { cutoff: 5 },
      train: 3000,
      valid: 387,
      test: 3785,
    },
    training: { epochs: 300, batchSize: 128, learningRate: 1e-3 },
    sizes: { site: 100, bond: 20, head: 100, layers: 6 },
    seeds: 3,
    others: 3,
    wide: 270,
    cgcnnRate: 1e-3,
  },
} as const satisfies Record<string, PerovskiteScale>;

/** Heat of formation of perovskites (heat_all). */
export const PEROVSKITES = study(property, {
  smoke: perovskiteNetworks(PEROVSKITE_SCALES.smoke),
  laptop: perovskiteNetworks(PEROVSKITE_SCALES.laptop),
  paper: perovskiteNetworks(PEROVSKITE_SCALES.paper),
});

/** Trained on the networks' crystals, and on `full` ones. */
function perovskiteTrivial(scale: PerovskiteScale, full: number) {
  const { all } = trivialOn(scale, { seeds: scale.seeds, sites: true });
  return { all, full: { ...all, config: { ...all.config, train: full } } };
}

/** Predictors without a network for them. */
export const PEROVSKITE_TRIVIAL = study(trivial, {
  smoke: perovskiteTrivial(PEROVSKITE_SCALES.smoke, 80),
  laptop: perovskiteTrivial(PEROVSKITE_SCALES.laptop, 3400),
  paper: perovskiteTrivial(PEROVSKITE_SCALES.paper, 3400),
});

/** The other properties of perovskites. */
export const OTHER_PROPERTIES = ["heat_ref", "dir_gap", "ind_gap"] as const;

function otherNetworks(
  { seeds: _, others: __, wide: ___, cgcnnRate, ...task }: PerovskiteScale,
  seeds: number,
) {
  const network = networkOf(task);
  return Object.fromEntries(OTHER_PROPERTIES.flatMap((property) =>
    ([
      ["ECN, pcubic", "ECN", ecn("pcubic", task.sizes)],
      ["CGCNN", "baseline", { kind: "cgcnn", ...task.sizes }],
    ] as const).map(([label, kind, config]) => [
      `${property} ${label}`,
      {
        ...network(label, kind, config, {
          seeds,
          property,
          ...config.kind === "cgcnn" && { learningRate: cgcnnRate },
        }),
        property,
      },
    ])
  ));
}

function otherTrivial(scale: PerovskiteScale, seeds: number) {
  return Object.fromEntries(OTHER_PROPERTIES.map((property) => {
    const { all } = trivialOn({ ...scale, task: { ...scale.task, property } }, { seeds, sites: true });
    return [property, { ...all, property }];
  }));
}

/** heat_ref and the two gaps, of which few are not zero. */
export const OTHERS = study(property, {
  smoke: otherNetworks(PEROVSKITE_SCALES.smoke, 1),
  laptop: otherNetworks({
    ...PEROVSKITE_SCALES.laptop,
    training: { ...PEROVSKITE_SCALES.laptop.training, epochs: 8 },
  }, 1),
  paper: otherNetworks(PEROVSKITE_SCALES.paper, 3),
});

/** Predictors without a network for them. */
export const OTHERS_TRIVIAL = study(trivial, {
  smoke: otherTrivial(PEROVSKITE_SCALES.smoke, 1),
  laptop: otherTrivial(PEROVSKITE_SCALES.laptop, 1),
  paper: otherTrivial(PEROVSKITE_SCALES.paper, 3),
});

// Data efficiency.

/** Names of the networks whose errors are followed over the size of the training set. */
export const SIZE_NETWORKS = ["ECN, pcubic", "CGCNN"] as const;

/** The same number of updates at every size. */
function sizeNetworks(
  { task, training, sizes, cgcnnRate }: Task & Pick<PerovskiteScale, "cgcnnRate">,
  { trains, updates, seeds }: {
    readonly trains: readonly number[];
    readonly updates: number;
    readonly seeds: number;
  },
) {
  const networks: Readonly<Record<typeof SIZE_NETWORKS[number], NetworkConfig>> = {
    "ECN, pcubic": ecn("pcubic", sizes),
    "CGCNN": { kind: "cgcnn", ...sizes },
  };
  return Object.fromEntries(trains.flatMap((train) =>
    SIZE_NETWORKS.map((name) => {
      const epochs = Math.round(updates / Math.floor(train / training.batchSize));
      const network = networkOf({ task: { ...task, train }, training: { ...training, epochs }, sizes });
      const kind = name === "CGCNN" ? "baseline" : "ECN";
      const rate = name === "CGCNN" ? { learningRate: cgcnnRate } : {};
      return [`${name}, ${train}`, {
        ...network(name, kind, networks[name], { seeds, ...rate }),
        network: name,
        train,
      }];
    })
  ));
}

/** heat_all by the number of training crystals. */
export const SIZES = study(property, {
  smoke: sizeNetworks(PEROVSKITE_SCALES.smoke, { trains: [32, 64], updates: 8, seeds: 1 }),
  laptop: sizeNetworks(PEROVSKITE_SCALES.laptop, { trains: [150, 300, 600], updates: 200, seeds: 3 }),
  paper: sizeNetworks(PEROVSKITE_SCALES.paper, { trains: [375, 750, 1500, 3000], updates: 8000, seeds: 3 }),
});

// Carbon.

function carbonNetworks(task: Task, { seeds }: { readonly seeds: number }) {
  const network = networkOf(task), { sizes } = task;
  return {
    set: network("ECN, set (message passing)", "control", ecn("set", sizes), { seeds }),
    pcubic: network("ECN, pcubic", "ECN", equalBudget("pcubic", sizes), { seeds }),
    ptriclinic: network("ECN, ptriclinic", "ECN", equalBudget("ptriclinic", sizes), { seeds }),
    shuffled: network("ECN, ptriclinic, colours shuffled", "control", equalBudget("ptriclinic", sizes), {
      seeds,
      control: "shuffled",
    }),
    cgcnn: network("CGCNN", "baseline", { kind: "cgcnn", ...sizes }, { seeds }),
    isolated: network("ECN without neighbours", "control", ecn("set", sizes), { seeds, control: "isolated" }),
  };
}

const CARBON_SCALES = {
  smoke: {
    task: {
      set: "carbon-24/carbon",
      property: "energy_per_atom",
      rule: { covalent: 0.5 },
      train: 32,
      valid: 16,
      test: 48,
    },
    training: { epochs: 3, batchSize: 16, learningRate: 3e-3 },
    sizes: { site: 12, bond: 8, head: 12, layers: 1 },
  },
  laptop: {
    task: {
      set: "carbon-24/carbon",
      property: "energy_per_atom",
      rule: { cutoff: 3 },
      train: 400,
      valid: 100,
      test: 300,
    },
    training: { epochs: 12, batchSize: 32, learningRate: 3e-3 },
    sizes: { site: 24, bond: 16, head: 32, layers: 2 },
  },
  paper: {
    task: {
      set: "carbon-24/carbon",
      property: "energy_per_atom",
      rule: { cutoff: 5 },
      train: 1800,
      valid: 200,
      test: 2030,
    },
    training: { epochs: 300, batchSize: 128, learningRate: 1e-3 },
    sizes: { site: 100, bond: 20, head: 100, layers: 6 },
  },
} as const satisfies Record<string, Task>;

/** Energy of carbon allotropes, at about equal numbers of parameters. */
export const CARBON = study(property, {
  smoke: carbonNetworks(CARBON_SCALES.smoke, { seeds: 1 }),
  laptop: carbonNetworks(CARBON_SCALES.laptop, { seeds: 3 }),
  paper: carbonNetworks(CARBON_SCALES.paper, { seeds: 5 }),
});

/** Predictors without a network for it: composition says nothing. */
export const CARBON_TRIVIAL = study(trivial, {
  smoke: trivialOn(CARBON_SCALES.smoke, { seeds: 1 }),
  laptop: trivialOn(CARBON_SCALES.laptop, { seeds: 3 }),
  paper: trivialOn(CARBON_SCALES.paper, { seeds: 5 }),
});

// Crystals of many space groups.

function mixedNetworks(task: Task, { seeds }: { readonly seeds: number }) {
  const network = networkOf(task), { sizes } = task;
  return {
    set: network("ECN, set (message passing)", "control", ecn("set", sizes), { seeds }),
    pcubic: network("ECN, pcubic", "ECN", equalBudget("pcubic", sizes), { seeds }),
    cgcnn: network("CGCNN", "baseline", { kind: "cgcnn", ...sizes }, { seeds }),
    isolated: network("ECN without neighbours", "control", ecn("set", sizes), { seeds, control: "isolated" }),
  };
}

const SMALL = {
  training: { epochs: 3, batchSize: 8, learningRate: 3e-3 },
  sizes: { site: 12, bond: 8, head: 12, layers: 1 },
} as const;
const MEDIUM = {
  training: { epochs: 16, batchSize: 32, learningRate: 3e-3 },
  sizes: { site: 24, bond: 16, head: 32, layers: 2 },
} as const;
const LARGE = {
  training: { epochs: 300, batchSize: 128, learningRate: 1e-3 },
  sizes: { site: 100, bond: 20, head: 100, layers: 6 },
} as const;

const GAP = {
  set: "mp-dielectric-piezo/dielectric",
  property: "band_gap",
  rule: { covalent: 0.5 },
} as const;
const PEAK = { set: "mp-phonons/phonons", property: "peak", log: true, rule: { covalent: 0.5 } } as const;

const GAP_SCALES = {
  smoke: { ...SMALL, task: { ...GAP, train: 32, valid: 8, test: 24 } },
  laptop: { ...MEDIUM, task: { ...GAP, train: 640, valid: 100, test: 300 } },
  paper: { ...LARGE, task: { ...GAP, train: 745, valid: 100, test: 211 } },
} as const satisfies Record<string, Task>;

const PEAK_SCALES = {
  smoke: { ...SMALL, task: { ...PEAK, train: 32, valid: 8, test: 24 } },
  laptop: { ...MEDIUM, task: { ...PEAK, train: 640, valid: 100, test: 300 } },
  paper: { ...LARGE, task: { ...PEAK, train: 1000, valid: 100, test: 275 } },
} as const satisfies Record<string, Task>;

/** Band gaps of insulators. */
export const GAPS = study(property, {
  smoke: mixedNetworks(GAP_SCALES.smoke, { seeds: 1 }),
  laptop: mixedNetworks(GAP_SCALES.laptop, { seeds: 3 }),
  paper: mixedNetworks(GAP_SCALES.paper, { seeds: 5 }),
});

/** Predictors without a network for them. */
export const GAPS_TRIVIAL = study(trivial, {
  smoke: trivialOn(GAP_SCALES.smoke, { seeds: 1 }),
  laptop: trivialOn(GAP_SCALES.laptop, { seeds: 3 }),
  paper: trivialOn(GAP_SCALES.paper, { seeds: 5 }),
});

/** Last peaks of phonon spectra. */
export const PEAKS = study(property, {
  smoke: mixedNetworks(PEAK_SCALES.smoke, { seeds: 1 }),
  laptop: mixedNetworks(PEAK_SCALES.laptop, { seeds: 3 }),
  paper: mixedNetworks(PEAK_SCALES.paper, { seeds: 5 }),
});

/** Predictors without a network for them. */
export const PEAKS_TRIVIAL = study(trivial, {
  smoke: trivialOn(PEAK_SCALES.smoke, { seeds: 1 }),
  laptop: trivialOn(PEAK_SCALES.laptop, { seeds: 3 }),
  paper: trivialOn(PEAK_SCALES.paper, { seeds: 5 }),
});

// Decorated lattices, each with its own group.

/** What the networks on decorated lattices differ in. */
export type LatticeRole = "own" | "set";

function latticeNetworks(
  { sizes, training, rule, valid, test }: Omit<Task, "task"> & Pick<SampleChoice, "valid" | "test"> & {
    readonly rule: GraphChoice["rule"];
  },
  { lattices, trains, updates }: {
    readonly lattices: readonly BravaisName[];
    readonly trains: readonly number[];
    readonly updates: number;
  },
) {
  const roles: readonly LatticeRole[] = ["own", "set"];
  return Object.fromEntries(
    lattices.flatMap((lattice) =>
      trains.flatMap((train) =>
        roles.map((role) => {
          const epochs = Math.round(updates / Math.floor(train / training.batchSize));
          const network = networkOf({
            task: { set: `decorated/${lattice}`, property: "energy", rule, train, valid, test },
            training: { ...training, epochs },
            sizes,
          });
          const variant = role === "own"
            ? network(`ECN, ${lattice}`, "ECN", equalBudget(lattice, sizes), { seeds: 1 })
            : network("ECN, set", "control", ecn("set", sizes), { seeds: 1 });
          return [`${lattice} ${role} ${train}`, { ...variant, lattice, role, train }];
        })
      )
    ),
  );
}

/** Sizes of the training sets of decorated lattices on the laptop. */
const LATTICE_TRAINS = [64];
const ALL_LATTICES = BRAVAIS_LATTICES.map(({ name }) => name);
const LATTICE_TASK = { rule: { covalent: 1 }, valid: 24, test: 96 };

/** Energies of decorated lattices: each lattice with its own group and with the symmetric group. */
export const LATTICES = study(property, {
  smoke: latticeNetworks({ ...SMALL, rule: { covalent: 1 }, valid: 8, test: 16 }, {
    lattices: ["ptriclinic", "fcubic"],
    trains: [16],
    updates: 6,
  }),
  laptop: latticeNetworks({
    ...LATTICE_TASK,
    training: { ...MEDIUM.training, batchSize: 16, epochs: 0 },
    sizes: { site: 20, bond: 12, head: 20, layers: 2 },
  }, { lattices: ALL_LATTICES, trains: LATTICE_TRAINS, updates: 120 }),
  paper: latticeNetworks({ ...LATTICE_TASK, ...LARGE, test: 512 }, {
    lattices: ALL_LATTICES,
    trains: [256, 1024],
    updates: 4000,
  }),
});
