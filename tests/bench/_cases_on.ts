/**
 * Measures each tiny case on the executor that the first argument names; onnxruntime writes a profile to the
 * folder of the second for every program that it runs. Prints which cases have run a program at all, and
 * which of them on onnxruntime.
 */
import { OURS, type Ours } from "../../bench/_case.ts";
import { TOPICS } from "../../bench/cases/mod.ts";
import { meterWork, profileTo } from "../../lib/compile/mod.ts";

const [executor, folder] = Deno.args as [Ours, string];
if (!OURS.includes(executor)) throw new RangeError(`No such executor: ${executor}`);
const meter = meterWork();
profileTo(folder);
const ran: string[] = [], onnxruntime: string[] = [];
for (const { name, engines, dispose } of TOPICS.flatMap((topic) => topic({ quick: true }))) {
  const before = [...Deno.readDirSync(folder)].length;
  await engines[executor]?.measure(2);
  await dispose?.();
  if (meter.take().length > 0) ran.push(name);
  if ([...Deno.readDirSync(folder)].length > before) onnxruntime.push(name);
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ ran, onnxruntime })));
