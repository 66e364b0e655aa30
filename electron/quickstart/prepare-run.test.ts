import { expect, test } from "vitest";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { Hub } from "../gateway/hub.ts";
import { prepareEnvironment } from "./prepare-run.ts";

const common = { source: "own", path: "/env" } as const;
const unknown: EnvironmentStatus = { ...common, state: "unknown" };
const missing: EnvironmentStatus = { ...common, state: "missing", message: "Not built yet." };
const broken: EnvironmentStatus = {
  ...common,
  state: "broken",
  failure: { kind: "environment", message: "torch cannot be imported." },
};
const building: EnvironmentStatus = {
  ...common,
  state: "building",
  step: "install",
  message: "Installing torch",
  share: 0.4,
  startedAt: "2026-01-01T00:00:00.000Z",
};
const ready: EnvironmentStatus = {
  ...common,
  state: "ready",
  warnings: [],
  report: {
    pythonPath: "/env/bin/python",
    pythonVersion: "3.12.1",
    packages: {},
    torch: { version: "2.13.0", cudaVersion: null, devices: [], supportsBf16: false },
    checkedAt: "2026-01-01T00:00:00.000Z",
  },
};

/** A core that answers from a script: a check publishes what it finds, a build ends as told. */
function coreThat(checked: EnvironmentStatus, built: EnvironmentStatus) {
  const hub = new Hub();
  const asked: string[] = [];
  const answer = (method: string, params: { isFresh?: boolean }): EnvironmentStatus => {
    asked.push(params.isFresh === true ? `${method} fresh` : method);
    if (method === "environment.status") return unknown;
    if (method === "environment.check") {
      hub.publish("environment.changed", checked);
      return checked;
    }
    queueMicrotask(() => hub.publish("environment.changed", built));
    return building;
  };
  const client = {
    request: async (method: string, params: object) => answer(method, params),
    subscribe: hub.subscribe.bind(hub),
  } as unknown as CoreClient;
  return { client, asked };
}

test.each([
  ["missing", missing, "environment.build"],
  ["broken", broken, "environment.build fresh"],
])("our own environment that is %s is built", async (_state, checked, request) => {
  const { client, asked } = coreThat(checked, ready);
  const messages: string[] = [];
  const found = await prepareEnvironment(client, ({ message }) => messages.push(message));
  expect(found).toEqual(ready);
  expect(asked).toEqual(["environment.status", "environment.check", request]);
  expect(messages).toContain("Installing torch");
});

test("one that is ready is taken as it is", async () => {
  const { client, asked } = coreThat(ready, broken);
  expect(await prepareEnvironment(client, () => {})).toEqual(ready);
  expect(asked).toEqual(["environment.status", "environment.check"]);
});

test("a Python of the user's own is not touched", async () => {
  const { client, asked } = coreThat({ ...broken, source: "chosen" }, ready);
  await expect(prepareEnvironment(client, () => {})).rejects.toThrow("torch cannot be imported");
  expect(asked).not.toContain("environment.build");
});

test("a build that fails says why", async () => {
  const { client } = coreThat(missing, broken);
  await expect(prepareEnvironment(client, () => {})).rejects.toThrow("torch cannot be imported");
});
