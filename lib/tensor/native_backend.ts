/** Optional: TensorFlow.js on libtensorflow (the native add-on). */
import { tf } from "./_tf.ts";

/**
 * Packages of the add-on, the preferred first. They are not dependencies: who never asks for them never loads
 * them, and nothing else names them.
 */
const PACKAGES = ["npm:@tensorflow/tfjs-node-gpu", "npm:@tensorflow/tfjs-node"];

/** The command that installs a package of the add-on into this checkout; its script alone may run. */
const installCommand = (specifier: string) =>
  `deno install --frozen=false --allow-scripts=${specifier} ${specifier}@${tf.version.tfjs}`;

/** A TensorFlow.js backend that is registered, by the name that `tf.setBackend` takes. */
export interface NativeBackend {
  /** Its name, for `tf.setBackend`. */
  readonly backend: string;
  /** The package it came from, with its version. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Registers TensorFlow.js's native backend: `tfjs-node-gpu` where it is installed, else `tfjs-node`.
 *
 * The active backend stays what it was.
 *
 * @throws {Error} If neither package can be loaded; the message has the install commands and what they need.
 */
export async function loadNativeBackend(): Promise<NativeBackend> {
  const reasons: string[] = [];
  const before = tf.getBackend();
  for (const specifier of PACKAGES) {
    // What is installed goes by its bare name; the specifier would fetch what is not.
    const name = specifier.slice("npm:".length);
    try {
      const { version } = await import(name) as { version?: Readonly<Record<string, string>> };
      await tf.setBackend(before); // loading the add-on also activates it
      return { backend: "tensorflow", versions: { [name]: version?.["tfjs-node"] ?? tf.version.tfjs } };
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      reasons.push(`${name}: ${code === "ERR_MODULE_NOT_FOUND" ? "not installed" : message.split("\n")[0]}`);
    }
  }
  const [gpu, cpu] = PACKAGES.map(installCommand);
  throw new Error(
    `Cannot load TensorFlow.js's native add-on (${
      reasons.join("; ")
    }). To install it: \`${gpu}\` (needs an NVIDIA ` +
      `GPU with CUDA 11.2 and cuDNN 8) or \`${cpu}\`; both download libtensorflow 2.9.1 (some 100 MB, x86-64).`,
  );
}
