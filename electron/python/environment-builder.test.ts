import { existsSync, readFileSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EnvironmentBench, openEnvironmentBench } from "./fixtures/environment-bench.ts";
import { PIP_LINES } from "./fixtures/fake-python.ts";

let bench: EnvironmentBench;
beforeEach(() => {
  bench = openEnvironmentBench();
});
afterEach(() => bench.close());

const buildLog = (): string =>
  readFileSync(path.join(bench.fake.homePath, "python/build.log"), "utf8");

test("builds, verifies, and starts the next time without checking again", async () => {
  const shares: number[] = [];
  const one = bench.open();
  const built = await one.buildAndWait(undefined, (status) => shares.push(status.share));
  expect(built.source).toBe("own");
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.length).toBeGreaterThan(4);
  expect(new Set(bench.told.map(({ state }) => state))).toContain("building");

  const { pythonPath, report } = await one.ready();
  expect(pythonPath).toBe(path.join(bench.fake.homePath, "python/env/bin/python"));
  expect(report.packages["torch"]).toBe("2.13.0");
  const { text } = await one.requests["environment.log"]({}, "local");
  expect(text).toContain("Successfully installed torch-2.13.0");
  expect(text).not.toContain("Progress 100000000");
  expect(bench.output).toBe(text);

  await one.close();
  expect(bench.fake.checks()).toBe(1);
  expect((await bench.open().ready()).report).toEqual(report);
  expect(bench.fake.checks()).toBe(1);
});

test("two who ask to build get the same build", async () => {
  const one = bench.open();
  const [first, second] = await Promise.all([one.buildAndWait(), one.buildAndWait()]);
  expect(second).toEqual(first);
  expect(buildLog().match(/Successfully installed/g)).toHaveLength(1);
  expect(bench.fake.checks()).toBe(1);
});

test("changed requirements ask for an update, and building brings it", async () => {
  await bench.open().buildAndWait();
  writeFileSync(path.join(bench.fake.trainerPath, "requirements.txt"), "torch==2.14.0\n");
  const one = bench.open();
  await expect(one.ready()).rejects.toMatchObject({
    message: expect.stringContaining("needs an update"),
  });
  expect((await one.buildAndWait()).state).toBe("ready");
});

test("a failed installation says why, and leaves nothing that counts as whole", async () => {
  bench.fake.setPip(
    "echo 'ERROR: Could not install packages: [Errno 28] No space left on device' >&2; exit 1",
  );
  const one = bench.open();
  await expect(one.buildAndWait()).rejects.toMatchObject({
    kind: "environment",
    message: expect.stringMatching(/disk is full.*Free some space/),
  });
  expect(bench.told.at(-1)?.state).toBe("broken");
  await expect(bench.open().ready()).rejects.toMatchObject({
    message: expect.stringContaining("unfinished"),
  });
});

test("cancelling ends the installer and its children, and removes the rest", async () => {
  const pids = bench.fake.path("pids");
  bench.fake.setPip(
    `sleep 600 & echo "$$ $!" > "${pids}.partial"; mv "${pids}.partial" "${pids}"; wait`,
  );
  const one = bench.open();
  const controller = new AbortController();
  const started = appearance(pids);
  const build = one.buildAndWait(controller.signal);
  await started;
  controller.abort();
  await expect(build).rejects.toMatchObject({ kind: "cancelled" });
  expect(bench.told.at(-1)?.state).toBe("missing");
  expect(existsSync(path.join(bench.fake.homePath, "python/env"))).toBe(false);
  for (const pid of readFileSync(pids, "utf8").trim().split(" ")) {
    expect(isRunning(pid)).toBe(false);
  }
});

test("closing ends a build too", async () => {
  const begun = bench.fake.path("begun");
  bench.fake.setPip(`echo "$$" > "${begun}"; sleep 600`);
  const one = bench.open();
  const started = appearance(begun);
  const build = one.buildAndWait().catch((error: unknown) => error);
  await started;
  await one.close();
  expect(await build).toMatchObject({ kind: "cancelled" });
  expect(existsSync(path.join(bench.fake.homePath, "python/builder.json"))).toBe(false);
});

test("does not remove an environment that a run uses", async () => {
  const one = bench.open({ inUseBy: () => "a run is training with it" });
  await expect(one.buildAndWait()).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("a run is training with it"),
  });
});

test("builds with uv where there is one, and with pip when uv does not get through", async () => {
  bench.fake.install(
    "uv",
    `case "$1" in
--version) echo "uv 0.9.0" ;;
venv) mkdir -p "$4/bin" && cp "$3" "$4/bin/python" ;;
pip) echo "error: Failed to fetch: certificate" >&2; exit 2 ;;
esac`,
  );
  // A source that uv knows keeps uv, and the disk is not asked for what CUDA needs.
  const env = { PIP_FIND_LINKS: "", UV_FIND_LINKS: "/nowhere" };
  await bench.open({ env }).buildAndWait();
  expect(buildLog()).toContain("$ uv venv --python");
  expect(buildLog()).toContain("trying with pip");
  expect(buildLog()).toContain("Successfully installed");
});

test("an old pip, which is silent while it downloads, is updated first if it can be", async () => {
  bench.fake.setPipVersion("23.2.1");
  bench.fake.setPip(`case "$*" in *upgrade*) exit 1 ;; esac\n${PIP_LINES}`);
  await bench.open().buildAndWait();
  expect(buildLog()).toContain("going on with the one that is there");
  expect(buildLog()).toContain("--progress-bar off -r");

  const update = `echo 24.3 > "${bench.fake.path("pip-version")}"`;
  bench.fake.setPip(`case "$*" in *upgrade*) ${update} ;; esac\n${PIP_LINES}`);
  writeFileSync(path.join(bench.fake.trainerPath, "requirements.txt"), "torch==2.14.0\n");
  await bench.open().buildAndWait();
  expect(buildLog()).toContain("--progress-bar raw -r");
});

/** Settles when the file is there. */
function appearance(file: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(path.dirname(file), () => {
    if (existsSync(file)) resolve();
  });
  return promise.finally(() => watcher.close());
}

function isRunning(pid: string): boolean {
  try {
    // A zombie has been ended, only not been waited for yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
