import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gpuProcessSchema } from "../../shared/contract/gpus.ts";
import { parseComputeProcesses } from "./gpu-processes.ts";

test("a name may hold commas, and memory may be unknown", () => {
  const byGpu = parseComputeProcesses(
    "GPU-a, 41, /opt/python3, 7411\r\nGPU-a, 42, serve, fast, [N/A]\nGPU-b, 43, [Not Found], 12\n",
  );
  expect([...byGpu]).toEqual([
    [
      "GPU-a",
      [
        { pid: 41, name: "/opt/python3", memoryMb: 7411 },
        { pid: 42, name: "serve, fast", memoryMb: null },
      ],
    ],
    ["GPU-b", [{ pid: 43, name: "[Not Found]", memoryMb: 12 }]],
  ]);
});

test("a program with several instances of one GPU is one program", () => {
  const byGpu = parseComputeProcesses("GPU-a, 41, p, 10\nGPU-a, 41, p, 20\n");
  expect(byGpu.get("GPU-a")).toEqual([{ pid: 41, name: "p", memoryMb: 30 }]);
});

test("no program and no meaning are no programs", () => {
  expect(parseComputeProcesses("").size).toBe(0);
  expect(parseComputeProcesses("No running processes found\nGPU-a, 0, idle, 1\n").size).toBe(0);
});

test("whatever is printed, what comes out satisfies the contract", () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom("GPU-a", "12", "-1", "[N/A]", "a, b"));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 6 })), (rows) => {
      const text = rows.map((row) => row.join(", ")).join("\n");
      for (const processes of parseComputeProcesses(text).values()) {
        for (const process of processes) {
          expect(gpuProcessSchema.safeParse({ ...process, jobId: null }).success).toBe(true);
        }
      }
    }),
  );
});
