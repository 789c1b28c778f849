import type { Command } from "commander";
import { executorOption } from "./_options.ts";
import type { CommandContext } from "./_types.ts";

/** `work <folder> <element>`, which elements of a cluster's arrays run. */
export function registerWork(program: Command, context: CommandContext): void {
  program.command("work", { hidden: true })
    .description("run the jobs of a batch file")
    .argument("<folder>", "the submission's folder")
    .argument("<element>", "the batch file's number")
    // For the permissions that the command starts with: where its jobs run the file says.
    .addOption(executorOption("the file's"))
    .action(async (folder: string, element: string) => {
      const { HarnessError, Interrupted, places } = await import("../../paper/mod.ts");
      const { workOn } = await import("../../slurm/mod.ts");
      const { interruptible } = await import("../interrupt.ts");
      try {
        const complete = await interruptible((signal) =>
          workOn(folder, Number(element), { places: places(), signal })
        );
        if (!complete) context.setExitCode(1);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        throw new HarnessError(error.message.replace("Interrupted", "Stopped from outside"), {
          cause: error,
        });
      }
    });
}
