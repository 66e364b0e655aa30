import { AppError } from "../../shared/app-error.ts";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import type { Workstation } from "./workstation.ts";

/* What people ask of sync; some of it is refused, which is no fault. */

export function setKeepLocal(
  desk: Workstation,
  table: "datasets" | "training_jobs",
  id: string,
  isKeptLocal: boolean,
): void {
  tolerate(() => desk.sync?.requests["sync.setKeepLocal"]({ table, id, isKeptLocal }, "local"));
}

/** Sends a change again that was refused, if there is one. */
export function retryOne(desk: Workstation): void {
  if (desk.sync === null) return;
  const opId = new OutboxStore(desk.store).quarantined()[0]?.opId;
  if (typeof opId !== "string") return;
  tolerate(() => desk.sync?.requests["sync.retry"]({ opId }, "local"));
}

function tolerate(ask: () => unknown): void {
  try {
    ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
