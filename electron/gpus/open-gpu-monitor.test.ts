import { existsSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { type GpuReport, gpuReportSchema } from "../../shared/contract/gpus.ts";
import { Hub } from "../gateway/hub.ts";
import { type FakeMachine, openFakeMachine } from "./fixtures/fake-machine.ts";
import { listGraphicsCards } from "./graphics-cards.ts";
import { type GpuMonitor, openGpuMonitor } from "./open-gpu-monitor.ts";

const opened: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of opened.splice(0).toReversed()) close();
});

function machineCalled(name: string): FakeMachine {
  const machine = openFakeMachine(name);
  opened.push(() => machine.remove());
  return machine;
}

function monitorOn(machine: FakeMachine, hub = new Hub(), timeoutMs = 10_000): GpuMonitor {
  const monitor = openGpuMonitor({
    publish: hub.publish,
    watch: (topic, watcher) => hub.watch(topic, watcher),
    now: () => new Date("2026-01-02T03:04:05Z"),
    intervalMs: 5,
    log: () => undefined,
    env: machine.env,
    platform: "linux",
    nvidiaSmiTimeoutMs: timeoutMs,
    nvidiaSmiCommands: ["nvidia-smi"],
  });
  opened.push(() => monitor.close());
  return monitor;
}

const reportOf = async (machine: string): Promise<GpuReport> =>
  gpuReportSchema.parse(await monitorOn(machineCalled(machine)).report());

test("a server with four GPUs: an idle one has figures of 0, not none", async () => {
  const report = await reportOf("four-a100");
  expect(report.driver).toEqual({ state: "ready", version: "550.90.07" });
  expect(report.gpus.map(({ index, uuid }) => [index, uuid?.slice(-2)])).toEqual([
    [0, "01"],
    [1, "02"],
    [2, "03"],
    [3, "04"],
  ]);
  expect(report.gpus[0]).toMatchObject({
    utilizationPercent: 98,
    powerW: 391.27,
    memoryUsedMb: 74123,
  });
  expect(report.gpus[1]).toMatchObject({
    utilizationPercent: 0,
    powerLimitW: 400,
    isMigEnabled: false,
  });
  expect(report.cpu.memoryTotalMb).toBeGreaterThan(report.cpu.memoryUsedMb);
});

test("a laptop: what the driver does not know is null", async () => {
  const { gpus } = await reportOf("laptop");
  expect(gpus).toHaveLength(1);
  expect(gpus[0]).toMatchObject({
    name: "NVIDIA GeForce RTX 3060 Laptop GPU",
    powerW: 13.75,
    powerLimitW: null,
    isMigEnabled: false,
  });
});

test("MIG mode is seen, and only where it is on", async () => {
  const { gpus } = await reportOf("mig-h100");
  expect(
    gpus.map(({ isMigEnabled, utilizationPercent }) => [isMigEnabled, utilizationPercent]),
  ).toEqual([
    [true, null],
    [false, 0],
  ]);
});

test("a driver that does not know a field is asked again without it", async () => {
  const machine = machineCalled("old-driver");
  const report = await monitorOn(machine).report();
  expect(report.gpus[0]).toMatchObject({
    name: "GeForce GTX TITAN X",
    powerW: null,
    temperatureC: 33,
  });
  expect(machine.calls()).toHaveLength(2);
});

test("no driver, but a card: the message names it", async () => {
  const machine = machineCalled("driver-missing");
  vi.stubEnv("PATH", machine.env["PATH"]);
  const { driver, gpus } = await monitorOn(machine).report();
  expect(gpus).toEqual([]);
  expect(driver.state).toBe("missing");
  expect(driver).toHaveProperty("message", expect.stringContaining("GeForce RTX 4090"));
  expect(driver).toHaveProperty("message", expect.not.stringContaining("UHD Graphics"));
});

test("a driver that is not loaded", async () => {
  const { driver } = await reportOf("driver-not-loaded");
  expect(driver).toMatchObject({
    state: "broken",
    message: expect.stringContaining("not loaded"),
    remedy: expect.stringContaining("kernel"),
  });
});

test("a driver that was updated under the running one", async () => {
  const { driver } = await reportOf("driver-mismatch");
  expect(driver).toMatchObject({ state: "broken", remedy: expect.stringContaining("Restart") });
  expect(driver).toHaveProperty(
    "message",
    expect.stringContaining("NVML library version: 535.183"),
  );
});

test("systeminformation lists every card of the server", async () => {
  const { env } = machineCalled("four-a100");
  vi.stubEnv("PATH", env["PATH"]);
  const cards = await listGraphicsCards();
  expect(cards).toHaveLength(4);
  for (const card of cards) {
    expect(card).toMatchObject({ isNvidia: true, model: "GA100 [A100 SXM4 80GB]" });
  }
});

test("an nvidia-smi that hangs is ended and reported", async () => {
  const machine = machineCalled("four-a100");
  machine.install("nvidia-smi", "trap '' TERM; while :; do /bin/sleep 60; done");
  const { driver, gpus } = await monitorOn(machine, new Hub(), 100).report();
  expect(driver).toMatchObject({ state: "broken", message: expect.stringContaining("no reply") });
  expect(gpus).toEqual([]);
});

test("an nvidia-smi that cannot be ended is not started again while it lives", async () => {
  const machine = machineCalled("four-a100");
  const starts = machine.env["FIXTURE_CALLS"] ?? "";
  // A descendant in a session of its own keeps the output open, as a process stuck in the kernel does.
  machine.install(
    "nvidia-smi",
    `echo "$$" >> "${starts}"; setsid /bin/sh -c 'echo pid $$ >> "${starts}"; exec sleep 600'`,
  );
  const monitor = monitorOn(machine, new Hub(), 100);
  const first = await monitor.report();
  const second = await monitor.report();
  const stuck = machine.calls().find((line) => line.startsWith("pid "));
  process.kill(Number(stuck?.slice(4)), "SIGKILL");
  expect([first.driver.state, second.driver.state]).toEqual(["broken", "broken"]);
  expect(machine.calls().filter((line) => !line.startsWith("pid "))).toHaveLength(1);
});

test("samples while someone listens, and stops when nobody does", async () => {
  const hub = new Hub();
  const machine = machineCalled("laptop");
  monitorOn(machine, hub);
  expect(existsSync(machine.env["FIXTURE_CALLS"] ?? "")).toBe(false);

  const { promise: third, resolve } = Promise.withResolvers<GpuReport>();
  let heard = 0;
  const unsubscribe = hub.subscribe("gpus.changed", (report) => {
    heard += 1;
    if (heard === 3) resolve(report);
  });
  expect((await third).gpus).toHaveLength(1);
  unsubscribe();
  const calls = machine.calls().length;
  expect(calls).toBeGreaterThanOrEqual(3);

  // A later listener is served by the same single loop.
  const again = Promise.withResolvers<void>();
  opened.push(hub.subscribe("gpus.changed", () => again.resolve()));
  await again.promise;
  expect(machine.calls().length).toBeLessThanOrEqual(calls + 3);
});

test("two who ask at once get the same sample", async () => {
  const machine = machineCalled("laptop");
  const monitor = monitorOn(machine);
  const [one, two] = await Promise.all([monitor.report(), monitor.report()]);
  expect(one).toBe(two);
  expect(machine.calls()).toHaveLength(1);
});

test("asks for nothing once it is closed", async () => {
  const monitor = monitorOn(machineCalled("laptop"));
  monitor.close();
  await expect(monitor.report()).rejects.toMatchObject({ kind: "unavailable" });
});
