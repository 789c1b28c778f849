/** Unpacks gzip; `undefined` if the bytes are not a whole gzip file. */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const content = source.pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(content).arrayBuffer());
  } catch (error) {
    if (error instanceof TypeError) return undefined; // what the stream throws on bytes that it cannot read
    throw error;
  }
}
