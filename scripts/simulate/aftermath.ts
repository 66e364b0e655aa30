import type { Journal } from "./journal.ts";
import type { Network } from "./network.ts";
import type { OperationLedger } from "./operation-ledger.ts";
import type { OutboxWatch } from "./outbox-watch.ts";
import type { Project } from "./project.ts";
import type { Workstation } from "./workstation.ts";

/** What a storm has left. */
export interface Aftermath {
  desks: readonly Workstation[];
  project: Project;
  journal: Journal;
  network: Network;
  ledger: OperationLedger;
  watch: OutboxWatch;
  /** How often the project was restored from a backup, and when last. */
  restores: number;
  restoredAt: number;
}
