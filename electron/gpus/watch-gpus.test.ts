import { once } from "node:events";
import path from "node:path";
import { execa } from "execa";
import { afterEach, expect, test } from "vitest";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { Hub } from "../gateway/hub.ts";
import { openStore } from "../store/open-store.ts";
import { type FakeMachine, openFakeMachine } from "./fixtures/fake-machine.ts";
import type { GpuSample } from "./gpu-samples.ts";
import { type GpuMonitor, openGpuMonitor } from "./open-gpu-monitor.ts";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

function machineCalled(name: string): FakeMachine {
  const machine = openFakeMachine(name);
  opened.push(() => machine.remove());
  return machine;
}

/** A clock that a sample moves on by two seconds. */
function openBench(machine: FakeMachine, intervalMs = 2000) {
  const hub = new Hub();
  const store = openStore({ path: ":memory:", log: () => undefined });
  let timeMs = Date.parse("2026-01-02T03:04:05Z");
  const monitor = openGpuMonitor({
    publish: hub.publish,
    watch: (topic, watcher) => hub.watch(topic, watcher),
    store,
    now: () => new Date((timeMs += 2000)),
    intervalMs,
    log: () => undefined,
    env: machine.env,
    platform: "linux",
    nvidiaSmiCommands: ["nvidia-smi"],
    kernelLogPath: "/dev/null",
  });
  opened.push(
    () => store.close(),
    () => monitor.close(),
  );
  const callsOf = (kind: string) => machine.calls().filter((call) => call.startsWith(kind));
  return { hub, monitor, callsOf };
}

function nextSample(monitor: GpuMonitor): Promise<GpuSample> {
  return new Promise((resolve) => {
    const stop = monitor.onSample((sample) => {
      stop();
      resolve(sample);
    });
  });
}

function nextReport(hub: Hub, isWanted: (report: GpuReport) => boolean): Promise<GpuReport> {
  return new Promise((resolve) => {
    const stop = hub.subscribe("gpus.changed", (report) => {
      if (!isWanted(report)) return;
      stop();
      resolve(report);
    });
  });
}

/** Resolves when the process with the named pipe is gone: nobody reads the pipe any more. */
async function untilUnread(order: () => Promise<void>): Promise<void> {
  const ended = (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    return true;
  };
  while (!(await order().then(() => false, ended))) await new Promise(setImmediate);
}

test("one resident nvidia-smi serves all who listen, and ends when nobody does", async () => {
  const machine = machineCalled("four-a100");
  const control = machine.takeControl();
  const { hub, monitor, callsOf } = openBench(machine);
  const unsubscribe = hub.subscribe("gpus.changed", () => undefined);
  const first = await nextSample(monitor);
  expect(first.gpus).toHaveLength(4);
  for (let turn = 0; turn < 5; turn += 1) {
    const next = nextSample(monitor);
    await control.order("say WARNING: infoROM is corrupted", "sample");
    expect((await next).gpus.map(({ powerW }) => powerW)).toEqual([391.27, 61.48, 60.02, 187.9]);
  }
  const report = await nextReport(hub, ({ gpus }) => gpus.length === 4);
  expect(await monitor.report()).toMatchObject({ gpus: report.gpus });
  expect([callsOf("ask").length, callsOf("loop").length]).toEqual([1, 1]);
  unsubscribe();
  await untilUnread(() => control.order("say anyone there?"));
});

test("a run keeps the GPUs watched although nobody listens, until it lets go", async () => {
  const machine = machineCalled("laptop");
  const control = machine.takeControl();
  const { hub, monitor } = openBench(machine);
  const letGo = monitor.keepWatching();
  const other = monitor.keepWatching();
  hub.subscribe("gpus.changed", () => undefined)();
  other();
  other();
  await nextSample(monitor);
  const next = nextSample(monitor);
  await control.order("sample");
  const { monotonicMs, gpus } = await next;
  expect(monotonicMs).toBeGreaterThan(0);
  expect(gpus).toMatchObject([{ powerW: 13.75, isLost: false }]);
  letGo();
  await untilUnread(() => control.order("say anyone there?"));
});

test("a loop that exits is started anew, and torn lines are no samples", async () => {
  const machine = machineCalled("laptop");
  const control = machine.takeControl();
  const { monitor, callsOf } = openBench(machine);
  opened.push(monitor.keepWatching());
  await nextSample(monitor);
  const again = nextSample(monitor);
  await control.order(
    "write 0, GPU-0d1f3b52-77aa-4c11-8a53-91b1c7a2e7d0, 00000000:01:00.0, NV",
    "exit 15",
  );
  await control.forget();
  expect((await again).gpus).toHaveLength(1);
  const sampled = nextSample(monitor);
  await control.order("sample");
  await sampled;
  expect(callsOf("loop")).toHaveLength(2);
});

test("a GPU that is lost while others go on stays in sight, as lost", async () => {
  const machine = machineCalled("four-a100");
  const control = machine.takeControl();
  const { monitor } = openBench(machine);
  opened.push(monitor.keepWatching());
  await nextSample(monitor);
  const next = nextSample(monitor);
  await control.order(
    "say Unable to determine the device handle for GPU 0000:47:00.0: GPU is lost.",
    "without 2",
  );
  const { gpus } = await next;
  expect(gpus.map(({ index, isLost }) => [index, isLost])).toEqual([
    [0, false],
    [1, false],
    [2, true],
    [3, false],
  ]);
});

test("what was sampled is there as history", async () => {
  const machine = machineCalled("laptop");
  const control = machine.takeControl();
  const { monitor } = openBench(machine);
  opened.push(monitor.keepWatching());
  const [gpu] = (await nextSample(monitor)).gpus;
  const next = nextSample(monitor);
  await control.order("sample");
  await next;
  const { requests } = monitor;
  const input = { uuid: gpu?.uuid ?? "", minutes: 10 };
  const recent = await requests["gpus.history"](input, "local");
  expect(recent.points.map(({ powerW }) => powerW)).toEqual([13.75, 13.75]);
  const month = await requests["gpus.history"]({ ...input, minutes: 600 }, "local");
  expect(month.points).toMatchObject([{ powerW: 13.75, powerPeakW: 13.75 }]);
});

test("a loop that the driver refuses is replaced by single questions", async () => {
  const machine = machineCalled("laptop");
  machine.env["FIXTURE_LOOP"] = "refuse";
  const { hub, callsOf } = openBench(machine, 5);
  let reports = 0;
  await nextReport(hub, ({ gpus }) => gpus.length === 1 && (reports += 1) === 3);
  expect(callsOf("loop")).toHaveLength(1);
  expect(callsOf("ask").length).toBeGreaterThanOrEqual(2);
});

test("without an nvidia-smi the CPU's load comes all the same", async () => {
  const { hub } = openBench(machineCalled("driver-missing"), 5);
  const report = await nextReport(hub, ({ cpu }) => cpu.loadPercent !== null);
  expect(report.driver.state).toBe("missing");
});

test("a core that is killed leaves no nvidia-smi behind", async () => {
  const machine = machineCalled("laptop");
  const control = machine.takeControl();
  // The shell dies by SIGPIPE as nvidia-smi does, if it may: the signal must not be ignored.
  machine.install(
    "nvidia-smi",
    `exec < "${machine.env["FIXTURE_CONTROL"]}"; while read -r order; do echo "$order"; done`,
  );
  const owner = execa(
    process.execPath,
    [path.join(import.meta.dirname, "fixtures", "loop-owner.ts")],
    { env: machine.env, extendEnv: false, reject: false, buffer: false },
  );
  opened.push(() => owner.kill("SIGKILL"));
  const heard = once(owner.stdout, "data");
  await control.order("a line");
  expect(String(await heard)).toContain("a line");
  owner.kill("SIGKILL");
  await owner;
  await untilUnread(() => control.order("another"));
});
