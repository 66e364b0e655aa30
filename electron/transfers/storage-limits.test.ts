import { expect, test } from "vitest";
import { ServerFault } from "../sync/team-server.ts";
import type { StorageClient } from "./storage-client.ts";
import { StorageLimits } from "./storage-limits.ts";
import type { TransferRecord } from "./transfer-record.ts";

const MIB = 1024 * 1024;
const signal = new AbortController().signal;

function limitsOf(answer: () => string | null): { limits: StorageLimits; asked: () => number } {
  let asked = 0;
  const send = () => {
    asked += 1;
    const maxSize = answer();
    const headers = new Headers(maxSize === null ? {} : { "tus-max-size": maxSize });
    return Promise.resolve({ headers, bytes: async function* () {} });
  };
  const client = { send } as unknown as StorageClient;
  return { limits: new StorageLimits(client), asked: () => asked };
}

function record(bytesTotal: number, bucket = "lora-datasets"): TransferRecord {
  return { fileName: "rows.jsonl", bucket, bytesTotal } as TransferRecord;
}

test("the project's own limit is asked for once, and beats the bucket's", async () => {
  const { limits, asked } = limitsOf(() => String(50 * MIB));
  await limits.check(record(50 * MIB), signal);
  await expect(limits.check(record(50 * MIB + 1), signal)).rejects.toMatchObject({
    kind: "unsupported",
    message: /takes files of up to 50 MiB/,
  });
  expect(asked()).toBe(1);
});

test("what is larger than the bucket takes is refused without asking", async () => {
  const { limits, asked } = limitsOf(() => null);
  await expect(limits.check(record(501 * MIB), signal)).rejects.toThrow(/up to 500 MiB/);
  await limits.check(record(501 * MIB, "lora-models"), signal);
  expect(asked()).toBe(1);
});

test("after a refusal larger files are not even tried, until somebody tries again", async () => {
  const { limits } = limitsOf(() => null);
  expect(limits.tooLarge(record(60 * MIB)).message).toMatch(/project's own limit/);
  await limits.check(record(59 * MIB), signal);
  await expect(limits.check(record(70 * MIB), signal)).rejects.toThrow(/project's own limit/);
  limits.forget();
  await limits.check(record(70 * MIB), signal);
});

test("a project that does not tell is asked again later", async () => {
  let isDown = true;
  const { limits, asked } = limitsOf(() => {
    if (isDown) throw new ServerFault("unreachable", "down");
    return String(MIB);
  });
  await limits.check(record(2 * MIB), signal);
  isDown = false;
  await expect(limits.check(record(2 * MIB), signal)).rejects.toThrow(/up to 1 MiB/);
  expect(asked()).toBe(2);
});
