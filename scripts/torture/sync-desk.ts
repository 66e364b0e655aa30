import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { databasePath } from "../../electron/accounts/account-paths.ts";
import type { RemoteClient } from "../../electron/gateway/remote-client.ts";
import { until } from "../../electron/quickstart/until.ts";
import { openStore, type Store } from "../../electron/store/open-store.ts";
import { trainerPath } from "../bench/trainer/python-program.ts";
import type { Stack } from "../supabase-stack/open-stack.ts";
import { TorturedCore } from "./tortured-core.ts";

const LOOK_MS = 200;

/** Whoever signs in on the desk. */
export interface Credentials {
  email: string;
  password: string;
}

/** A data folder whose account is synced by one core after the other. */
export class SyncDesk {
  readonly homePath: string;
  #core: TorturedCore;
  #databasePath = "";

  constructor(homePath: string) {
    this.homePath = homePath;
    mkdirSync(homePath, { recursive: true });
    this.#core = this.#start();
  }

  client(): Promise<RemoteClient> {
    return this.#core.client;
  }

  async signIn(stack: Stack, credentials: Credentials): Promise<void> {
    const client = await this.client();
    const { activeId } = await client.request("accounts.signIn", {
      url: stack.apiUrl,
      anonKey: stack.publishableKey,
      ...credentials,
    });
    this.#databasePath = databasePath(this.homePath, activeId);
  }

  async kill(): Promise<void> {
    await this.#core.kill();
  }

  async close(): Promise<void> {
    await this.#core.close();
  }

  /** Whatever has become of it. */
  async end(): Promise<void> {
    await this.#core.kill().catch(() => undefined);
  }

  restart(): void {
    this.#core = this.#start();
  }

  /** The account's file, which a core may have open as well. */
  openStore(): Store {
    return openStore({ path: this.#databasePath, log: () => undefined });
  }

  /** Until nothing waits: neither files, nor rows, nor points. */
  async waitForQuiet(): Promise<void> {
    const client = await this.client();
    await this.#waitForFiles(client);
    await until(client, "sync.changed", undefined, {
      start: async () => {
        await client.request("sync.now", {});
        return client.request("sync.status", {});
      },
      settle: ({ state, counts }) =>
        state === "idle" && counts.waiting + counts.waitingPoints === 0 ? true : undefined,
    });
  }

  /** Those of rows that are deleted meanwhile are not waited for. */
  async #waitForFiles(client: RemoteClient): Promise<void> {
    for (;;) {
      const transfers = await client.request("transfers.list", {});
      const failed = transfers.find(({ state }) => state === "failed");
      if (failed !== undefined) throw new Error(`${failed.fileName}: ${failed.error?.message}`);
      if (transfers.every(({ state }) => state === "done")) return;
      await delay(LOOK_MS);
    }
  }

  #start(): TorturedCore {
    const { homePath } = this;
    const leasesPath = join(homePath, "leases");
    return new TorturedCore(
      { homePath, trainerPath, bootId: null, leasesPath, timings: {} },
      process.env,
    );
  }
}
