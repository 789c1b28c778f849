import assert from "node:assert/strict";
import { nodeTimes, profileTable } from "../../bench/_profile.ts";

const node = (op: string, ts: number, dur: number) => ({
  cat: "Node",
  name: `${op}_0_kernel_time`,
  ts,
  dur,
  args: { op_name: op },
});

Deno.test("nodeTimes() adds up by kind, and leaves to a scan what is not its body's", () => {
  const text = JSON.stringify([
    { cat: "Session", name: "model_run", ts: 0, dur: 5000, args: {} },
    node("Gemm", 110, 500), // in the scan, and written before it
    node("Gemm", 700, 300),
    node("Tanh", 610, 90),
    node("Scan", 100, 1000),
    node("Gemm", 1200, 200),
    { cat: "Node", name: "Gemm_0_fence_before", ts: 1, dur: 900, args: { op_name: "Gemm" } },
  ]);
  assert.deepEqual(nodeTimes([text, JSON.stringify([node("Tanh", 100, 10)])]), [
    { op: "Gemm", calls: 3, milliseconds: 1 },
    { op: "Scan", calls: 1, milliseconds: 0.11 },
    { op: "Tanh", calls: 2, milliseconds: 0.1 },
  ]);
});

Deno.test("nodeTimes() tells nodes apart by shapes where it shall", () => {
  const reading = (ts: number, ...shapes: number[][]) => {
    const { args, ...rest } = node("Gemm", ts, 100);
    return { ...rest, args: { ...args, input_type_shape: shapes.map((float) => ({ float })) } };
  };
  const text = JSON.stringify([
    reading(0, [64, 32], [32, 8], []),
    reading(200, [64, 32], [32, 8], []),
    reading(400, [8, 8], [8, 8]),
  ]);
  assert.deepEqual(nodeTimes([text], { shapes: true }), [
    { op: "Gemm 64×32, 32×8, 1", calls: 2, milliseconds: 0.2 },
    { op: "Gemm 8×8, 8×8", calls: 1, milliseconds: 0.1 },
  ]);
  assert.deepEqual(nodeTimes([text]), [{ op: "Gemm", calls: 3, milliseconds: 0.3 }]);
});

Deno.test("nodeTimes() takes from a scan within a scan only once", () => {
  const text = JSON.stringify([node("Scan", 0, 100), node("Scan", 10, 80), node("Add", 20, 50)]);
  assert.deepEqual(nodeTimes([text]), [
    { op: "Scan", calls: 2, milliseconds: 0.05 },
    { op: "Add", calls: 1, milliseconds: 0.05 },
  ]);
});

Deno.test("profileTable() shows times and calls per unit", () => {
  const times = [{ op: "Gemm", calls: 6, milliseconds: 3 }, { op: "Add", calls: 2, milliseconds: 1 }];
  assert.deepEqual(profileTable(times, { units: 2, unit: "ms/step" }), [
    "node  calls  ms/step   share",
    "Gemm    3.0     1.50  75.0 %",
    "Add     1.0    0.500  25.0 %",
    "all             2.00   100 %",
  ]);
});
