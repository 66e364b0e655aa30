import { AppError } from "../../shared/app-error.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";

export interface BusyParts {
  datasets: Pick<Handlers, "datasets.list">;
  python: Pick<Handlers, "environment.status">;
  exports: { isRunning(): boolean };
}

/** Work that would be lost if the file were closed now, in words; null where there is none. */
export function busyWith({ datasets, python, exports }: BusyParts): string | null {
  const list = datasets["datasets.list"]({}, "local") as Dataset[];
  const importing = list.find(({ status }) => status === "importing");
  if (importing !== undefined) return `The dataset “${importing.name}” is being imported.`;
  const environment = python["environment.status"]({}, "local") as EnvironmentStatus;
  if (environment.state === "building") return "The training environment is being built.";
  return exports.isRunning() ? "An adapter is being exported." : null;
}

/** @throws AppError `conflict` where there is such work. */
export function refuseWhileBusy(work: string | null): void {
  if (work === null) return;
  throw new AppError(
    "conflict",
    `${work} Wait until that is done, or cancel it: another account's file cannot be opened meanwhile.`,
  );
}
