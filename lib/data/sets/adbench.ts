import { ADBENCH_TABLE } from "./_adbench_table.ts";
import { type AnomalyData, anomalyStandIn } from "../generators/mod.ts";
import { readNpz, toMatrix } from "../formats/mod.ts";
import type { DataSet } from "../types.ts";

/** A data set of ADBench with the facts that choose one. */
export interface AdbenchDataSet extends DataSet<AnomalyData> {
  /** Kind of data: tables, image embeddings (ResNet-18, d = 512) or text embeddings (BERT, d = 768). */
  readonly group: "Classical" | "CV_by_ResNet18" | "NLP_by_BERT";
  /**
   * Name in the tables of Livernoche et al. 2024 (`14_glass` → `glass`). An embedding set has its family's
   * name (`MVTec-AD_bottle` → `MVTec-AD`): the tables report the mean over a family.
   */
  readonly reportedName: string;
  /** n, number of rows. */
  readonly rows: number;
  /** d, number of features. */
  readonly columns: number;
  /** Number of anomalous rows. */
  readonly anomalies: number;
}

const COMMIT = "3dac8221081e190f157d78e93bfa8867f90d0965";
const SITE = `https://raw.githubusercontent.com/Minqi824/ADBench/${COMMIT}/adbench/datasets`;

const LICENCES: Readonly<Record<AdbenchDataSet["group"], string>> = {
  Classical: "original terms of ODDS, DAMI, UCI and Kaggle; collected in ADBench (BSD 2-Clause)",
  CV_by_ResNet18:
    "derived from CIFAR-10, SVHN and MVTec-AD under their terms; embedded by ADBench (BSD 2-Clause)",
  NLP_by_BERT: "derived from 20 Newsgroups under its terms; embedded by ADBench (BSD 2-Clause)",
};

function parse(files: readonly Uint8Array[]): AnomalyData {
  const { X, y } = readNpz(files[0]);
  if (X === undefined || y === undefined) {
    throw new SyntaxError("Cannot read the archive as it must hold the arrays X and y");
  }
  const rows = toMatrix(X);
  if (y.data.length !== rows.rows || y.data.some((label) => label !== 0 && label !== 1)) {
    throw new SyntaxError(
      `Cannot read the archive as y must hold a 0 or 1 for each of the ${rows.rows} rows of X`,
    );
  }
  return { rows, labels: Uint8Array.from(y.data) };
}

/**
 * ADBench (Han, Hu, Huang, Jiang and Zhao, NeurIPS 2022), the 65 files whose digest is known: 43 tables and
 * 22 sets of embeddings, named `adbench/<file name>`, e.g. `adbench/6_cardio`.
 *
 * The four tables 3_backdoor, 9_census, 13_fraud and 36_speech, and most families of embeddings, are left out
 * because the digest of their published file is not known to us.
 *
 * A set's stand-in ({@link anomalyStandIn}) has its d and its fraction of anomalies, and at most 600 rows.
 */
export const ADBENCH: readonly AdbenchDataSet[] = ADBENCH_TABLE.map(
  ([path, rows, columns, anomalies, bytes, sha256]) => {
    const [group, file] = path.split("/") as [AdbenchDataSet["group"], string];
    const name = `adbench/${file}`;
    return {
      name,
      title: `ADBench ${file}`,
      licence: LICENCES[group],
      module: import.meta.url,
      folder: "adbench",
      files: [{ path: `${path}.npz`, sha256, bytes, url: `${SITE}/${path}.npz` }],
      group,
      reportedName: group === "Classical"
        ? file.replace(/^\d+_/, "").toLowerCase()
        : file.replace(/_.*$/, ""),
      rows,
      columns,
      anomalies,
      parse,
      standIn: () => anomalyStandIn({ name, rows, columns, anomalies }),
    };
  },
);
