import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EnvironmentBench, openEnvironmentBench } from "./fixtures/environment-bench.ts";
import { createFakePython } from "./fixtures/fake-python.ts";
import type { BuildingStatus, PythonEnvironment } from "./python-environment.ts";

let bench: EnvironmentBench;
beforeEach(() => {
  bench = openEnvironmentBench();
});
afterEach(() => bench.close());

const check = (one: PythonEnvironment) => one.requests["environment.check"]({}, "local");

test("says that nothing is built yet, and what to do", async () => {
  const one = bench.open();
  await expect(one.ready()).rejects.toMatchObject({
    kind: "environment",
    message: expect.stringContaining("not been built yet"),
  });
  expect(bench.told.at(-1)?.state).toBe("missing");
});

test("a check imports the packages again; so does a changed driver", async () => {
  const one = bench.open();
  await one.buildAndWait();
  await check(one);
  expect(bench.fake.checks()).toBe(2);

  bench.hasGpu = true;
  const withGpu = bench.open();
  await withGpu.ready();
  expect(bench.fake.checks()).toBe(3);
  const status = await withGpu.requests["environment.status"]({}, "local");
  expect(status).toMatchObject({
    state: "ready",
    warnings: [{ message: expect.stringContaining("CPU only") }],
  });
});

test("who waits for a Python gets the one that is being built", async () => {
  const one = bench.open();
  await expect(one.ready()).rejects.toMatchObject({ kind: "environment" });
  const building = Promise.withResolvers<BuildingStatus>();
  const build = one.buildAndWait(undefined, building.resolve);
  await building.promise;
  const [ready] = await Promise.all([one.ready(), build]);
  expect(ready.report.pythonVersion).toBe("3.12.1");
});

test("a package that cannot be imported is named, with the way to mend it", async () => {
  const error = { package: "torch", message: "OSError: libgomp.so.1 not found" };
  bench.fake.setDoctor({ error }, 1);
  await expect(bench.open().buildAndWait()).rejects.toMatchObject({
    message: expect.stringMatching(
      /torch cannot be imported.*libgomp.*Build the environment again/,
    ),
  });
});

test("uses a Python that the user points at, and goes back", async () => {
  const one = bench.open();
  const { "environment.use": use } = one.requests;
  await expect(use({ pythonPath: bench.fake.path("bin/nothing") }, "local")).rejects.toMatchObject({
    kind: "invalid_input",
  });

  const { pythonPath } = bench.fake;
  expect(await use({ pythonPath }, "local")).toMatchObject({
    state: "ready",
    source: "chosen",
    path: pythonPath,
  });
  expect((await one.ready()).pythonPath).toBe(pythonPath);

  const error = { package: "peft", message: "ModuleNotFoundError: No module named 'peft'" };
  bench.fake.setDoctor({ error }, 1);
  expect(await check(one)).toMatchObject({
    state: "broken",
    failure: { message: expect.stringContaining(`"${pythonPath}" -m pip install -r`) },
  });
  expect(await use({ pythonPath: null }, "local")).toMatchObject({
    state: "missing",
    source: "own",
  });
});

test("refuses a Python that is too old", async () => {
  const old = createFakePython([3, 8, 10]);
  try {
    await expect(
      bench.open().requests["environment.use"]({ pythonPath: old.pythonPath }, "local"),
    ).rejects.toMatchObject({ message: expect.stringContaining("3.8.10") });
  } finally {
    old.remove();
  }
});

test("the variable decides over the setting, and nothing is built over it", async () => {
  bench.chosen = path.resolve("/somewhere/else");
  const one = bench.open({ env: { LORA_DESK_PYTHON: bench.fake.pythonPath } });
  expect((await one.ready()).pythonPath).toBe(bench.fake.pythonPath);
  await expect(one.requests["environment.build"]({ isFresh: true }, "local")).rejects.toMatchObject(
    { kind: "conflict" },
  );
});

test("building goes back from a chosen Python to the own one", async () => {
  bench.chosen = bench.fake.pythonPath;
  const one = bench.open();
  await one.ready();
  const started = await one.requests["environment.build"]({ isFresh: true }, "local");
  expect(started.state).toBe("building");
  await one.ready();
  expect(bench.told.at(-1)).toMatchObject({ state: "ready", source: "own" });
  expect(bench.chosen).toBeNull();
});
