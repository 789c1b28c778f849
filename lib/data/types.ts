/** One file of a data set, as published. */
export interface DataFile {
  /** Path below the data set's folder, e.g. `Classical/6_cardio.npz`. */
  readonly path: string;
  /** Digest of the file; of what it unpacks to, if `gzip` is set. */
  readonly sha256: string;
  /** Size of the file as published. */
  readonly bytes: number;
  /**
   * The file is packed with gzip, and any packing of the same content is accepted: `sha256` is that of the
   * content, and `parse` gets the content.
   */
  readonly gzip?: true;
  /** Size of the content, of a file of `gzip`: nothing larger is unpacked. */
  readonly unpackedBytes?: number;
  /** Where it is downloaded from; absent: it has to be put in place by hand (the error says where). */
  readonly url?: string;
  /** Where it can be had if there is no `url`, for the error message. */
  readonly byHand?: string;
}

/** Where a value comes from. `stand-in` data must be called so wherever it shows. */
export type DataSource = "file" | "download" | "generated" | "stand-in";

/** One entry of the catalogue. */
export interface DataSet<T = unknown> {
  /** Unique, `<collection>/<name>`, e.g. `adbench/6_cardio`. */
  readonly name: string;
  /** As lists show it. */
  readonly title: string;
  /**
   * `import.meta.url` of the file that defines it: cache keys digest the code that reads or makes the data.
   */
  readonly module: string;
  /** Licence or terms, in a phrase, with its source. */
  readonly licence: string;
  /** Folder name below each search root, e.g. `adbench`. */
  readonly folder: string;
  /** What it consists of on disk; none if it is generated. */
  readonly files: readonly DataFile[];
  /** Reads the verified files (same order as `files`). Throws `SyntaxError` on unreadable bytes. */
  parse?(files: readonly Uint8Array[]): T | Promise<T>;
  /** An exact generator: its output *is* the data set. */
  generate?(): T | Promise<T>;
  /** Same shape and similar in kind, made from a fixed seed; only for experiments that allow it. */
  standIn?(): T | Promise<T>;
}

/** Which sources may be used. `real`: file or download (or exact generator); `stand-in`: never a file. */
export type DataPolicy = "real" | "stand-in";

/** A loaded data set with where it came from. */
export interface Loaded<T = unknown> {
  /** The data set's name. */
  readonly name: string;
  /** What was read or made. */
  readonly value: T;
  /** Whether it is real, generated or a stand-in. */
  readonly source: DataSource;
}

/** What loading would give, found out without reading the files. */
export interface Resolved {
  /** The data set's name. */
  readonly name: string;
  /** `missing`: not on disk; it can be downloaded if `downloadable`. */
  readonly source: DataSource | "missing";
  /** Whether what is missing can be downloaded. */
  readonly downloadable: boolean;
  /** As in {@link DataSet}. */
  readonly module: string;
  /** Identifies the content in cache keys: the files' published sha256, or `generated`/`stand-in`. */
  readonly digest: string;
}
