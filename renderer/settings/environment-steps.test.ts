import { describe, expect, it } from "vitest";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { buildSteps, environmentSteps } from "./environment-steps.ts";

const own = { source: "own", path: "/home/me/python/env" } as const;
const chosen = { source: "chosen", path: "/usr/bin/python3" } as const;
const report = {
  pythonPath: "/p",
  pythonVersion: "3.12.1",
  packages: {},
  torch: { version: "2.13.0", cudaVersion: null, devices: [], supportsBf16: false },
  checkedAt: "2026-01-01T00:00:00.000Z",
};

const broken = (details?: Record<string, unknown>): EnvironmentStatus => ({
  ...own,
  state: "broken",
  failure: { kind: "environment", message: "Torn.", ...(details === undefined ? {} : { details }) },
});

const kinds = (status: EnvironmentStatus) => environmentSteps(status).map(({ kind }) => kind);

describe("environmentSteps", () => {
  it("offers to build what is missing and to repair what is broken, before anything else", () => {
    const missing: EnvironmentStatus = { ...own, state: "missing", message: "None." };
    expect(environmentSteps(missing)[0]).toMatchObject({ kind: "build", isPrimary: true });
    expect(environmentSteps(broken())[0]).toMatchObject({ kind: "repair", label: "Repair" });
    expect(environmentSteps(broken({ reason: "needs_update" }))[0]?.label).toBe("Update");
  });

  it("never offers to remove a Python that LoRA Desk did not build", () => {
    const states: EnvironmentStatus[] = [
      { ...chosen, state: "ready", report, warnings: [] },
      { ...chosen, state: "missing", message: "None." },
      { ...chosen, state: "broken", failure: { kind: "environment", message: "Torn." } },
    ];
    for (const status of states) expect(kinds(status)).toEqual(["check", "build"]);
  });

  it("has nothing urgent to offer for a ready one, and nothing while it is busy", () => {
    const steps = environmentSteps({ ...own, state: "ready", report, warnings: [] });
    expect(steps.map(({ kind }) => kind)).toEqual(["check", "repair"]);
    expect(steps.some(({ isPrimary }) => isPrimary)).toBe(false);
    expect(kinds({ ...own, state: "unknown" })).toEqual([]);
  });
});

describe("buildSteps", () => {
  it("tells what is done and what lies ahead", () => {
    expect(buildSteps("install").map(({ state }) => state)).toEqual([
      "done",
      "done",
      "current",
      "ahead",
    ]);
  });
});
