import { expect, it } from "vitest";
import { findOverlaps, type GpuHolder } from "./gpu-overlaps.ts";

const holder = (pid: number, nonce: string, ...uuids: string[]): GpuHolder => ({
  pid,
  startTime: String(pid),
  nonce,
  uuids,
});
const everybody = () => true;
const nobody = () => false;

it("finds two attempts on one of several GPUs", () => {
  const holders = [
    holder(1, "a", "GPU-1"),
    holder(2, "b", "GPU-2"),
    holder(3, "c", "GPU-3", "GPU-1"),
  ];
  expect(findOverlaps(holders, everybody)).toEqual([{ uuid: "GPU-1", pids: [1, 3] }]);
});

it("does not mind the processes of one attempt, nor other GPUs", () => {
  const holders = [holder(1, "a", "GPU-1"), holder(2, "a", "GPU-1"), holder(3, "b", "GPU-2")];
  expect(findOverlaps(holders, everybody)).toEqual([]);
});

it("does not take a change of hands during the look for an overlap", () => {
  const holders = [holder(1, "a", "GPU-1"), holder(2, "b", "GPU-1")];
  expect(findOverlaps(holders, nobody)).toEqual([]);
});
