import type { EnvironmentStatus } from "../../shared/contract/environment.ts";

/** `repair` removes the present environment first; `build` starts from where there is none. */
export type EnvironmentStep = {
  readonly kind: "build" | "repair" | "check";
  readonly label: string;
  readonly isPrimary: boolean;
};

/** What a person can do about the environment as it is, the most likely first. */
export function environmentSteps(status: EnvironmentStatus): readonly EnvironmentStep[] {
  const check: EnvironmentStep = { kind: "check", label: "Check again", isPrimary: false };
  // The one that LoRA Desk builds takes the place of a chosen Python when it is ready.
  const buildOwn: EnvironmentStep = {
    kind: "build",
    label: "Build LoRA Desk's own",
    isPrimary: false,
  };
  switch (status.state) {
    case "unknown":
    case "building":
      return [];
    case "ready":
      return status.source === "own"
        ? [check, { kind: "repair", label: "Rebuild", isPrimary: false }]
        : [check, buildOwn];
    case "missing":
      return status.source === "own"
        ? [{ kind: "build", label: "Build environment", isPrimary: true }, check]
        : [check, buildOwn];
    case "broken":
      return status.source === "own" ? [repairOf(status), check] : [check, buildOwn];
  }
}

function repairOf(status: Extract<EnvironmentStatus, { state: "broken" }>): EnvironmentStep {
  const isOutdated = status.failure.details?.["reason"] === "needs_update";
  return { kind: "repair", label: isOutdated ? "Update" : "Repair", isPrimary: true };
}

const STEP_NAMES = {
  find_python: "Finding Python",
  create: "Creating the environment",
  install: "Installing the packages",
  verify: "Checking the packages",
} as const;

export type BuildStep = {
  readonly name: string;
  readonly state: "done" | "current" | "ahead";
};

/** The steps of a build, with the one that it is at. */
export function buildSteps(current: keyof typeof STEP_NAMES): readonly BuildStep[] {
  const order = Object.keys(STEP_NAMES) as (keyof typeof STEP_NAMES)[];
  const at = order.indexOf(current);
  return order.map((step, index) => ({
    name: STEP_NAMES[step],
    state: index < at ? "done" : index === at ? "current" : "ahead",
  }));
}
