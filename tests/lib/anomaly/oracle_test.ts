/**
 * Against scores that scikit-learn 1.2.1 gave on six sets (`adbench-oracle/oracle.json` of the development
 * data) under its own split: even normal rows train, odd ones and all anomalies test.
 */
import assert from "node:assert/strict";
import { type AnomalyData, loadDataSet } from "../../../lib/data/mod.ts";
import {
  type Detector,
  fitCopod,
  fitEcod,
  fitHbos,
  fitIsolationForest,
  fitKnn,
  fitLof,
  fitOcsvm,
  fitPca,
} from "../../../lib/anomaly/mod.ts";
import { fitNonParametric } from "../../../lib/methods/diffusion_time/mod.ts";
import { stream } from "../../../lib/random/mod.ts";
import { developmentFile } from "../../_development_data.ts";
import { auroc, averagePrecision, type Matrix, mean, selectRows, topNF1 } from "../../../lib/stats/mod.ts";

interface Method {
  readonly fit: (train: Matrix) => Detector;
  /** Relative tolerance of raw scores. @default 1e-6 */
  readonly scores?: number;
  /** Tolerance of AUROC and average precision. @default 1e-6 */
  readonly metrics?: number;
}

/**
 * Names and tolerances of the file's recipe (for OCSVM and PCA, whose reference is itself inexact, tighter
 * ones).
 */
const METHODS: Readonly<Record<string, Method>> = {
  "knn_k5_kth": { fit: (train) => fitKnn(train) },
  "knn_k5_mean": { fit: (train) => fitKnn(train, { statistic: "mean" }) },
  "knn_k5_mean_sq": { fit: (train) => fitKnn(train, { statistic: "meanSquared" }) },
  "knn_k32_kth": { fit: (train) => fitKnn(train, { k: 32 }) },
  "knn_k32_mean": { fit: (train) => fitKnn(train, { k: 32, statistic: "mean" }) },
  "dte_np_k5_T300_mode_index": { fit: (train) => fitNonParametric(train) },
  "dte_np_k5_T1000_mode_index": { fit: (train) => fitNonParametric(train, { steps: 1000 }) },
  "lof_k20": { fit: (train) => fitLof(train) },
  "pca_mahalanobis": { fit: (train) => fitPca(train, { score: "mahalanobis" }) },
  "pca_recon_90pct": { fit: (train) => fitPca(train, { score: "reconstruction" }) },
  "pca_weighted_component_distance": { fit: (train) => fitPca(train) },
  "ocsvm_rbf_nu0.5_gamma1/d": { fit: (train) => fitOcsvm(train), scores: 1e-3 },
  "ecod": { fit: fitEcod },
  "copod": { fit: fitCopod },
  "hbos_10bins": { fit: (train) => fitHbos(train) },
};

interface OracleMethod {
  /** Only of the isolation forest, over 20 seeds; it has none of the following. */
  readonly auroc_mean: number;
  readonly auroc_std: number;
  readonly auroc: number;
  readonly ap: number;
  readonly f1_top: number;
  readonly scores_first5: number[];
  readonly scores_last3: number[];
}

interface OracleSet {
  readonly n_train: number;
  readonly n_test: number;
  readonly train_mean_first3: number[];
  readonly first_test_row_standardised_first5: number[];
  readonly methods: Readonly<Record<string, OracleMethod>>;
}

/** The recipe's split; it takes 1 for a standard deviation only if that is exactly 0. */
function split({ rows, labels }: AnomalyData): { train: Matrix; test: Matrix; testLabels: Uint8Array } {
  const normals: number[] = [], anomalies: number[] = [];
  labels.forEach((label, i) => (label === 1 ? anomalies : normals).push(i));
  const trainIndices = normals.filter((_, at) => at % 2 === 0);
  const testIndices = [...normals.filter((_, at) => at % 2 === 1), ...anomalies];
  const train = selectRows(rows, trainIndices);
  const d = rows.columns;
  const center = new Float64Array(d), scale = new Float64Array(d);
  train.data.forEach((value, at) => center[at % d] += value);
  center.forEach((sum, j) => center[j] = sum / train.rows);
  train.data.forEach((value, at) => scale[at % d] += (value - center[at % d]) ** 2);
  scale.forEach((sum, j) => scale[j] = Math.sqrt(sum / train.rows) || 1);
  const standardise = (table: Matrix): Matrix => ({
    ...table,
    data: table.data.map((value, at) => (value - center[at % d]) / scale[at % d]),
  });
  return {
    train: standardise(train),
    test: standardise(selectRows(rows, testIndices)),
    testLabels: Uint8Array.from(testIndices, (i) => labels[i]),
  };
}

function assertRelative(actual: number, expected: number, tolerance: number, what: string): void {
  assert(
    Math.abs(actual - expected) <= tolerance * Math.abs(expected),
    `${what}: ${actual}, not ${expected}`,
  );
}

const oracleFile = developmentFile("adbench-oracle/oracle.json");
const NAMES = ["6_cardio", "14_glass", "42_WBC", "38_thyroid", "18_Ionosphere", "40_vowels"];

for (const name of NAMES) {
  Deno.test({
    name: `detectors equal scikit-learn's on ${name} (needs REFIGURE_DATA)`,
    ignore: oracleFile === undefined || developmentFile(`adbench/Classical/${name}.npz`) === undefined,
    async fn() {
      const oracle = JSON.parse(Deno.readTextFileSync(oracleFile!))
        .datasets[name] as OracleSet;
      const { value } = await loadDataSet<AnomalyData>(`adbench/${name}`, "real");
      const { train, test, testLabels } = split(value);
      assert.deepEqual([train.rows, test.rows], [oracle.n_train, oracle.n_test]);
      oracle.first_test_row_standardised_first5.forEach((x, j) =>
        assertRelative(test.data[j], x, 1e-12, `column ${j}`)
      );
      let compared = 0;
      for (const [method, expected] of Object.entries(oracle.methods)) {
        if (!(method in METHODS)) continue;
        const { fit, scores: scoreTolerance = 1e-6, metrics: tolerance = 1e-6 } = METHODS[method];
        const scores = await fit(train).score(test);
        const what = `${name} ${method}`;
        const n = scores.length;
        const held = [...expected.scores_first5, ...expected.scores_last3];
        [0, 1, 2, 3, 4, n - 3, n - 2, n - 1].forEach((i, at) =>
          assertRelative(scores[i], held[at], scoreTolerance, `${what}, row ${i}`)
        );
        assert(Math.abs(auroc(scores, testLabels) - expected.auroc) <= tolerance, `${what} AUROC`);
        assert(Math.abs(averagePrecision(scores, testLabels) - expected.ap) <= tolerance, `${what} AP`);
        assert(Math.abs(topNF1(scores, testLabels) - expected.f1_top) <= 1e-12, `${what} F1`);
        compared++;
      }
      assert(compared >= 14, `only ${compared} methods compared`);

      const forests = oracle.methods.iforest_100x256_20seeds;
      const own: number[] = [];
      for (let seed = 0; seed < 5; seed++) {
        const forest = fitIsolationForest(train, { stream: stream(seed) });
        own.push(auroc(await forest.score(test), testLabels));
      }
      assert(
        Math.abs(mean(own) - forests.auroc_mean) <= 3 * forests.auroc_std,
        `${name} forest: ${mean(own)}`,
      );
    },
  });
}
