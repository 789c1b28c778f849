import { zlibSync } from "fflate";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

function chunk(type: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(content.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(content, 8);
  view.setUint32(content.length + 8, crc32(out.subarray(4, content.length + 8)));
  return out;
}

/**
 * Writes an image as a PNG data address.
 *
 * @param rgb Red, green and blue of each pixel, 0 to 255, from the top left; [height * width * 3].
 */
export function pngDataUrl(rgb: Uint8Array, { width, height }: { width: number; height: number }): string {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits a channel, RGB
  const rows = new Uint8Array(height * (1 + 3 * width)); // a filter byte (0: none) starts each row
  for (let i = 0; i < height; i++) {
    rows.set(rgb.subarray(i * width * 3, (i + 1) * width * 3), i * (1 + 3 * width) + 1);
  }
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", zlibSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  return `data:image/png;base64,${Buffer.concat(parts).toString("base64")}`;
}
