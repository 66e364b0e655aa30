import type { Journal } from "./journal.ts";
import type { ModelProject } from "./model/model-project.ts";
import type { Network } from "./network.ts";
import type { Workstation } from "./workstation.ts";

/** What a storm has left. */
export interface Aftermath {
  desks: readonly Workstation[];
  project: ModelProject;
  journal: Journal;
  network: Network;
  /** How often the project was restored from a backup, and when last. */
  restores: number;
  restoredAt: number;
}
