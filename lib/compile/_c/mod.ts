/** The executor `c`: programs translated to C, built by the machine's compiler. */
export { loadCEngine } from "./engine.ts";
