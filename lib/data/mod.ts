export * from "./types.ts";
export { ADBENCH, type AdbenchDataSet } from "./adbench.ts";
export { type AnomalyData, anomalyStandIn, type AnomalyStandInOptions } from "./anomaly_data.ts";
export { augmentImage, type AugmentOptions } from "./augment.ts";
export { type NamedMatrix, readCsv } from "./csv.ts";
export { dataSets, findDataSet } from "./catalogue.ts";
export {
  CIFAR10,
  CIFAR10_MEAN,
  CIFAR10_STD,
  colouredWaves,
  readCifarArchive,
  readCifarBatch,
} from "./cifar10.ts";
export { downloadDataSet, type DownloadOptions, type DownloadProgress } from "./download.ts";
export { DTE_TOY } from "./dte_toy.ts";
export {
  firstOfEachClass,
  imageRows,
  type ImageRowsOptions,
  type ImageSplit,
  type LabelledImages,
} from "./images.ts";
export {
  cyclicTeacher,
  type CyclicTeacherOptions,
  linearRegression,
  type LinearRegressionData,
  type LinearRegressionOptions,
  type RegressionRows,
} from "./linear_regression.ts";
export { DATA_FOLDER, dataRoots, loadDataSet, resolveDataSet, sha256 } from "./load.ts";
export { MNIST, readIdxImages, segmentDigits } from "./mnist.ts";
export * from "./molecule_labels.ts";
export * from "./nbody.ts";
export { generateNBody, NBODY, type NBodyData, type NBodySamples, type NBodySpec } from "./nbody_sets.ts";
export { type NpyArray, type NpyData, readNpy, toMatrix } from "./npy.ts";
export { readNpz } from "./npz.ts";
export { QM7, type Qm7Data } from "./qm7.ts";
export * from "./qm9.ts";
export * from "./solar.ts";
export { pixelPermutation, type TorusImages, torusImages, type TorusOptions } from "./torus.ts";
export * from "./xyz.ts";
