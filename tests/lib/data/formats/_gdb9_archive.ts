import { Buffer } from "node:buffer";

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

/**
 * Two made-up files of the archive's format, of which number 7 comes first, written by Python's tarfile and
 * bz2.
 */
export const GDB9_ARCHIVE: Uint8Array = fromBase64(
  "QlpoOTFBWSZTWf2LU30AATpfgOywQBP/4glkDAH0xR5wCAgwATtUBgDTQ0aMRkA0AGhg00TVHpqaGgG1HqAAAAVUCJmqeJo1" +
    "AANAGjJpxcskYr5AjQgg2c+9zqmjFVcggig2tIdToMlWYkZm1pu0aUIWoiGJmYi4LqwESsnVsFhO611YzlCrW91brD0jAji2" +
    "EMqIynOSZVmpAFUJLOXdMdTbwLAKCQRIoEIJAwAgJYKkiG56rBmijtYMWq/XazpJhGcomSxOZYxdqq4+j0JLtXJc3J6WrW6S" +
    "S1KGSMO4YM01pt1QrHOimi2zC+5OjCKaktGk6Ur2PYk6HsfhIwPE6ya1msI+77ScEjg/TfwqoyMS/Werg2MHFe4uh/OTmIH+" +
    "LuSKcKEh+xam+g==",
);
