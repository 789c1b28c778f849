import { promisify } from "node:util";
import { gunzip as unpack } from "node:zlib";

/** Options of {@link gunzip}. */
export interface GunzipOptions {
  /** Most bytes to unpack. @default 2³¹, two gibibytes */
  readonly maxBytes?: number;
}

/**
 * Unpacks gzip (one or more members) and checks its checksums.
 *
 * @returns `undefined` if the bytes are not a whole gzip file.
 * @throws {RangeError} If the content has more than `maxBytes` bytes.
 *
 * @example
 * ```ts
 * import { gunzip } from "@refigure/refigure/data";
 * import { gzipSync } from "fflate";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(await gunzip(gzipSync(Uint8Array.of(1, 2))), Uint8Array.of(1, 2));
 * assert.equal(await gunzip(Uint8Array.of(1, 2)), undefined);
 * ```
 */
export async function gunzip(
  bytes: Uint8Array,
  options: GunzipOptions = {},
): Promise<Uint8Array | undefined> {
  const { maxBytes = 2 ** 31 } = options;
  try {
    const content: Uint8Array = await promisify(unpack)(bytes, { maxOutputLength: maxBytes });
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new RangeError(
        `Cannot unpack the gzip file as its content must have at most ${maxBytes} bytes: it has more`,
        { cause: error },
      );
    }
    if (typeof code === "string" && code.startsWith("Z_")) return undefined; // zlib's own complaints
    throw error;
  }
}
