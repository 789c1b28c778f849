/** How files of each packing begin, and what unpacks them. */
const PACKINGS: readonly (readonly [name: string, remedy: string, signature: readonly number[]])[] = [
  ["gzip", "unpack it with gunzip()", [0x1f, 0x8b]],
  ["bzip2", "unpack it with bunzip()", [0x42, 0x5a, 0x68]],
  ["zip", "unpack it with unzip", [0x50, 0x4b, 0x03, 0x04]],
  ["xz", "unpack it with xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["Zstandard", "unpack it with zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];

/**
 * The end of a message about a file that is still packed: what with, and what to do. Else nothing.
 *
 * @param wanted The packing that is asked for: what begins so is damaged, not packed.
 */
export function packedHint(bytes: Uint8Array, wanted?: "gzip" | "bzip2" | "zip"): string {
  const found = PACKINGS.find(([, , signature]) => signature.every((byte, i) => bytes[i] === byte));
  return found === undefined || found[0] === wanted
    ? ""
    : `; it is still packed with ${found[0]}: ${found[1]}`;
}
