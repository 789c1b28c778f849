export * from "./numpy_random.ts";
export * from "./stream.ts";
