import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type GpuFault, gpuFaultSchema } from "../../shared/contract/gpus.ts";
import { GpuFaultWatch } from "./gpu-faults.ts";
import { parseJournalLine } from "./kernel-journal.ts";
import { parseKernelRecords } from "./kernel-messages.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-faults-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const nowUs = () => Number(process.hrtime.bigint() / 1000n);
const xid = (bus: string, number: number) =>
  `NVRM: Xid (PCI:0000:${bus}:00): ${number}, pid=4711, name=python, some text`;

function watchOn(kernelLogPath: string, env: NodeJS.ProcessEnv = {}) {
  const told: GpuFault[] = [];
  let tell: (fault: GpuFault) => void = () => undefined;
  const watch = new GpuFaultWatch({
    env,
    platform: "linux",
    log: () => undefined,
    now: () => new Date(),
    uuidAt: (pci) => (pci === "0000:3b:00" ? "GPU-3b" : null),
    onFault(fault) {
      told.push(fault);
      tell(fault);
    },
    kernelLogPath,
  });
  return { watch, told, onNext: (listener: typeof tell) => (tell = listener) };
}

test("the kernel's messages: what is past is listed, what comes is told once", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const file = path.join(folder, "kmsg");
  const past = Math.max(1, nowUs() - 60_000_000);
  writeFileSync(
    file,
    `6,1,${past},-;usb 1-1: new device\n SUBSYSTEM=usb\n4,2,${past},-;${xid("3b", 63)}\n`,
  );
  const { watch, told } = watchOn(file);
  watch.start();
  vi.advanceTimersByTime(0);
  expect(told).toEqual([]);
  expect(watch.list()).toMatchObject([{ xid: 63, uuid: "GPU-3b", canRetryHelp: true }]);

  appendFileSync(file, `4,3,${nowUs()},-;${xid("3b", 79)}\n4,4,${nowUs()},-;${xid("aa", 31)}\n`);
  vi.advanceTimersByTime(2000);
  expect(told.map((fault) => [fault.xid, fault.uuid, fault.pid])).toEqual([
    [79, "GPU-3b", 4711],
    [31, null, 4711],
  ]);
  for (const fault of told) expect(gpuFaultSchema.safeParse(fault).success).toBe(true);

  // Started again, the whole log is read again.
  watch.stop();
  appendFileSync(file, `4,5,${nowUs()},-;${xid("3b", 45)}\n`);
  watch.start();
  vi.advanceTimersByTime(2000);
  watch.stop();
  expect(told.map((fault) => fault.xid)).toEqual([79, 31, 45]);
  expect(watch.list().map((fault) => fault.xid)).toEqual([45, 31, 79, 63]);
  expect(Date.now() - Date.parse(watch.list().at(-1)?.at ?? "")).toBeGreaterThan(50_000);
});

test("without permission for the kernel's messages, the journal is followed", async () => {
  const program = path.join(folder, "journalctl");
  const entry = (stamp: number, message: unknown) =>
    JSON.stringify({ _SOURCE_MONOTONIC_TIMESTAMP: String(stamp), MESSAGE: message });
  const later = nowUs() + 60_000_000;
  const bytes = [...Buffer.from(xid("3b", 48))];
  writeFileSync(
    program,
    `#!/bin/sh\ncat <<'END'\nnot json\n${entry(later, xid("3b", 79))}\n${entry(later, bytes)}\nEND\nexec /bin/sleep 600\n`,
  );
  chmodSync(program, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  const { watch, told, onNext } = watchOn(path.join(folder, "absent"), env);
  const both = new Promise<void>((resolve) => {
    onNext(() => {
      if (told.length === 2) resolve();
    });
  });
  watch.start();
  await both;
  watch.stop();
  expect(told.map((fault) => fault.xid)).toEqual([79, 48]);
});

test("where no log can be read, nothing comes and nothing fails", async () => {
  const { watch, told } = watchOn(path.join(folder, "absent"), { PATH: folder });
  watch.start();
  watch.stop();
  expect(told).toEqual([]);
});

test("records and entries that make no sense are skipped", () => {
  expect(parseKernelRecords(" KEY=value\nnonsense\n4,1;x\n4,1,7,c,caller=T1;text; more\n")).toEqual(
    [{ monotonicUs: 7, message: "text; more" }],
  );
  for (const text of ["", "null", "[]", '{"MESSAGE":null}', '{"MESSAGE":"a"}', "{"]) {
    expect(parseJournalLine(text)).toBeNull();
  }
});
