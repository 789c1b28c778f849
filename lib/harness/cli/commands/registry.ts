import type { CommandRegistration } from "./_types.ts";
import { registerAudit } from "./audit.ts";
import { registerBless } from "./bless.ts";
import { registerCompare } from "./compare.ts";
import { registerData } from "./data.ts";
import { registerDecide } from "./decide.ts";
import { registerDoctor } from "./doctor.ts";
import { registerInit } from "./init.ts";
import { registerLab } from "./lab.ts";
import { registerList } from "./list.ts";
import { registerNew } from "./new.ts";
import { registerNotebooks } from "./notebooks.ts";
import { registerReadme } from "./readme.ts";
import { registerReport } from "./report.ts";
import { registerReproduce } from "./reproduce.ts";
import { registerTrace } from "./trace.ts";
import { registerVerify } from "./verify.ts";
import { registerWork } from "./work.ts";

export type { CommandContext } from "./_types.ts";

/** All commands, in the order of the help. A new command is one module and one line here. */
export const commands: readonly CommandRegistration[] = [
  registerReproduce,
  registerVerify,
  registerAudit,
  registerDecide,
  registerReport,
  registerBless,
  registerCompare,
  registerTrace,
  registerList,
  registerData,
  registerDoctor,
  registerInit,
  registerNew,
  registerNotebooks,
  registerLab,
  registerReadme,
  registerWork,
];
