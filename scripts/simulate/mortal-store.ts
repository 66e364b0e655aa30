import type { StatementSync } from "node:sqlite";
import type { Store } from "../../electron/store/open-store.ts";

/** The process is dead: whatever still runs of it can do nothing any more. */
export class Died extends Error {}

/**
 * One life of a process over a store that outlives it. It dies before the statement that it is
 * told to die at; a transaction in which that happens has never been.
 */
export class MortalStore implements Store {
  readonly #store: Store;
  #statementsLeft = Number.POSITIVE_INFINITY;
  #onDeath: () => void = () => undefined;
  #isDead = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get sqliteVersion(): string {
    return this.#store.sqliteVersion;
  }
  get journalMode(): string {
    return this.#store.journalMode;
  }
  get schemaVersion(): number {
    return this.#store.schemaVersion;
  }

  dieAfter(statements: number, onDeath: () => void): void {
    this.#statementsLeft = statements;
    this.#onDeath = onDeath;
  }

  die(): void {
    this.#isDead = true;
  }

  prepare(sql: string): StatementSync {
    this.#assertAlive();
    const statement = this.#store.prepare(sql);
    return new Proxy(statement, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...given: unknown[]): unknown => {
          this.#spend();
          return Reflect.apply(member, target, given);
        };
      },
    });
  }

  transaction<T>(work: () => T): T {
    this.#assertAlive();
    return this.#store.transaction(() => {
      const result = work();
      this.#spend();
      return result;
    });
  }

  /** The file stays for the next life. */
  close(): void {
    this.#isDead = true;
  }

  #spend(): void {
    this.#assertAlive();
    this.#statementsLeft -= 1;
    if (this.#statementsLeft > 0) return;
    this.#isDead = true;
    this.#onDeath();
    throw new Died("Killed");
  }

  #assertAlive(): void {
    if (this.#isDead) throw new Died("Used after it was killed");
  }
}
