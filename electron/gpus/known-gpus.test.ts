import { expect, test } from "vitest";
import { EVERY_FIELD } from "./gpu-fields.ts";
import { KnownGpus } from "./known-gpus.ts";
import { type GpuQuery, parseGpuQuery } from "./query-gpus.ts";

function answer(indices: readonly number[], count: number, ...remarks: string[]): GpuQuery {
  const lines = indices.map(
    (index) =>
      `${index}, GPU-${index}, 00000000:0${index}:00.0, NVIDIA L4, 550.54, 23034, 1, 5, 30, 60, 72.00, ${count}, 210, 6251, 0x0000000000000001, Disabled`,
  );
  const query = parseGpuQuery([...remarks, ...lines].join("\n"), EVERY_FIELD);
  if (query === null) throw new Error("No GPU in the answer");
  return query;
}

test("a GPU that the driver counts but that does not answer is lost, without figures", () => {
  const known = new KnownGpus();
  known.complete(answer([0, 1], 2));
  const gpus = known.complete(answer([0], 2));
  expect(gpus.map(({ uuid, isLost }) => [uuid, isLost])).toEqual([
    ["GPU-0", false],
    ["GPU-1", true],
  ]);
  expect(gpus[1]).toMatchObject({ name: "NVIDIA L4", utilizationPercent: null, powerW: null });
});

test("a GPU that the driver names as lost is lost, and stays so", () => {
  const known = new KnownGpus();
  known.complete(answer([0, 1], 2));
  const remark = "Unable to determine the device handle for GPU0000:01:00.0: GPU is lost.";
  for (const query of [answer([0], 1, remark), answer([0], 1, remark)]) {
    expect(known.complete(query).map(({ isLost }) => isLost)).toEqual([false, true]);
  }
  expect(known.complete(answer([0, 1], 2)).map(({ isLost }) => isLost)).toEqual([false, false]);
});

test("a GPU that the driver no longer counts is gone", () => {
  const known = new KnownGpus();
  known.complete(answer([0, 1], 2));
  expect(known.complete(answer([0], 1))).toHaveLength(1);
  expect(known.uuidAt("0000:01:00")).toBeNull();
  expect(known.uuidAt("0000:00:00")).toBe("GPU-0");
});
