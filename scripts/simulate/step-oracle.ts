import { countRows } from "../../electron/sync/sync-counts.ts";
import { countableRows, quietRows } from "./file-rows.ts";
import type { Project } from "./project.ts";
import type { OutboxWatch } from "./outbox-watch.ts";
import type { Workstation } from "./workstation.ts";

/**
 * What must be true at any time: each row of a workstation is counted once, and one that counts as
 * synced is at the project.
 */
export class StepOracle {
  readonly #project: Project;
  readonly #watch: OutboxWatch;
  readonly #seen = new Map<Workstation, unknown>();

  constructor(project: Project, watch: OutboxWatch) {
    this.#project = project;
    this.#watch = watch;
  }

  /** @returns what is wrong, in words. */
  look(desk: Workstation): string[] {
    if (!desk.isEnabled) return desk.faults;
    const changes = desk.store.prepare("SELECT total_changes() AS n").get()?.["n"];
    if (this.#seen.get(desk) === changes) return desk.faults;
    this.#seen.set(desk, changes);
    const problems = [...desk.faults, ...this.#watch.look(desk)];
    const { synced, waiting, attention, keptLocal } = countRows(desk.store);
    const rows = countableRows(desk);
    if (synced + waiting + attention + keptLocal !== rows) {
      const sum = `${synced} + ${waiting} + ${attention} + ${keptLocal}`;
      problems.push(`${desk.name} has ${rows} rows and counts ${sum}`);
    }
    const quiet = quietRows(desk);
    if (quiet.length !== synced) {
      problems.push(`${desk.name} counts ${synced} rows as synced, ${quiet.length} may be`);
    }
    if (this.#isBehind(desk)) return problems;
    for (const { table, id } of quiet) {
      const isThere = this.#project.data.rows[table].get(id)?.user_id === desk.userId;
      if (!isThere && !this.#wasDeleted(id)) {
        problems.push(
          `LOST: ${table} ${id} of ${desk.name} is neither at the project nor on its way`,
        );
      }
    }
    return problems;
  }

  /** It cannot know yet that the project was restored. */
  #isBehind(desk: Workstation): boolean {
    const cursor = desk.store.prepare("SELECT epoch, is_rebuilding FROM sync_cursor").get();
    return cursor?.["epoch"] !== this.#project.epoch || cursor["is_rebuilding"] === 1;
  }

  #wasDeleted(id: string): boolean {
    return this.#project.data.feed.some(({ rowId, action }) => rowId === id && action === "delete");
  }
}
