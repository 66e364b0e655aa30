import { afterEach, expect, test, vi } from "vitest";
import { type GpuReport, gpuReportSchema } from "../../shared/contract/gpus.ts";
import { Hub } from "../gateway/hub.ts";
import { openStore } from "../store/open-store.ts";
import { type FakeMachine, openFakeMachine } from "./fixtures/fake-machine.ts";
import { listGraphicsCards } from "./graphics-cards.ts";
import { type GpuMonitor, type GpuMonitorOptions, openGpuMonitor } from "./open-gpu-monitor.ts";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of opened.splice(0).toReversed()) await close();
});

function machineCalled(name: string): FakeMachine {
  const machine = openFakeMachine(name);
  opened.push(() => machine.remove());
  return machine;
}

function monitorOn(machine: FakeMachine, options: Partial<GpuMonitorOptions> = {}): GpuMonitor {
  const hub = new Hub();
  const store = openStore({ path: ":memory:", log: () => undefined });
  const monitor = openGpuMonitor({
    publish: hub.publish,
    watch: (topic, watcher) => hub.watch(topic, watcher),
    store,
    now: () => new Date("2026-01-02T03:04:05Z"),
    intervalMs: 2000,
    log: () => undefined,
    env: machine.env,
    platform: "linux",
    nvidiaSmiCommands: ["nvidia-smi"],
    kernelLogPath: "/dev/null",
    ...options,
  });
  opened.push(
    () => store.close(),
    () => monitor.close(),
  );
  return monitor;
}

const callsOf = (machine: FakeMachine, kind: "ask" | "loop" | "processes") =>
  machine.calls().filter((call) => call.startsWith(kind));

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
    pciAddress: "0000:0f:00",
    smClockMhz: 210,
    memoryClockMhz: 1593,
    processes: [],
  });
  expect(report.gpus.map(({ throttling }) => throttling)).toEqual([
    ["power_cap"],
    [],
    [],
    ["software_thermal", "hardware_thermal"],
  ]);
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
    throttling: null,
  });
  // Without the newer name of the throttle field, then without MIG mode too.
  expect(callsOf(machine, "ask")).toHaveLength(3);
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
  const { driver, gpus } = await monitorOn(machine, { nvidiaSmiTimeoutMs: 100 }).report();
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
  const monitor = monitorOn(machine, { nvidiaSmiTimeoutMs: 100 });
  const first = await monitor.report();
  const second = await monitor.report();
  const stuck = machine.calls().find((line) => line.startsWith("pid "));
  process.kill(Number(stuck?.slice(4)), "SIGKILL");
  expect([first.driver.state, second.driver.state]).toEqual(["broken", "broken"]);
  expect(machine.calls().filter((line) => !line.startsWith("pid "))).toHaveLength(1);
});

test("two who ask at once get the same sample", async () => {
  const machine = machineCalled("mig-h100");
  const monitor = monitorOn(machine);
  const [one, two] = await Promise.all([monitor.report(), monitor.report()]);
  expect(one).toBe(two);
  expect([callsOf(machine, "ask").length, callsOf(machine, "processes").length]).toEqual([1, 1]);
});

test("asks for nothing once it is closed", async () => {
  const monitor = monitorOn(machineCalled("laptop"));
  await monitor.close();
  await expect(monitor.report()).rejects.toMatchObject({ kind: "unavailable" });
});

test("programs on a GPU: ours by their run, the others by their name", async () => {
  const ours = "a1b2";
  const jobOfPid = (pid: number) => (pid === 40211 ? ours : null);
  const monitor = monitorOn(machineCalled("four-a100"), { jobOfPid });
  const { gpus } = await monitor.report();
  const fourth = [
    { pid: 40211, name: "/usr/bin/python3.11", memoryMb: 12806, jobId: ours },
    { pid: 40377, name: "/home/lee/bin/serve, fast", memoryMb: 7488, jobId: null },
  ];
  expect(gpus.map(({ processes }) => processes?.length)).toEqual([1, 0, 0, 2]);
  expect(gpus[3]?.processes).toEqual(fourth);
  expect(await monitor.processesOn(gpus[3]?.uuid ?? "")).toEqual(fourth);
  expect(await monitor.processesOn("GPU-elsewhere")).toEqual([]);
});

test("programs are not known where nvidia-smi fails", async () => {
  expect(await monitorOn(machineCalled("driver-not-loaded")).processesOn("GPU-1")).toBeNull();
});
