/** Whether this machine has a C compiler, found in another way than the engine finds it. */
export const HAS_COMPILER = [Deno.env.get("CC") || ["cc", "gcc", "clang"]].flat().some((command) => {
  try {
    return new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
});
