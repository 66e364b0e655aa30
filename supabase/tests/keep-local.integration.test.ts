import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Core } from "../../electron/core.ts";
import { until } from "../../electron/quickstart/until.ts";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { ScratchDesk } from "./core-with-accounts.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

let project: TeamProject;
let gate: Gate;
let desk: ScratchDesk;
let core: Core;

beforeAll(async () => {
  project = await openTeamProject();
  gate = await Gate.open(project.stack.apiUrl);
});
afterAll(async () => {
  gate.close();
  await project.close();
});
beforeEach(async () => {
  gate.isStorageBusy = false;
  desk = new ScratchDesk();
  core = await desk.open();
  await core.client.request("accounts.signIn", {
    url: gate.url,
    anonKey: project.stack.publishableKey,
    email: "owner@example.org",
    password: "a long password",
  });
});
afterEach(() => desk.close());

/** Leads to the stack, but for a storage that may want to be left alone for an hour. */
class Gate {
  isStorageBusy = false;
  readonly #server: Server;

  private constructor(target: URL) {
    this.#server = createServer((incoming, outgoing) => {
      const { method = "GET", url: path = "/" } = incoming;
      if (this.isStorageBusy && path.startsWith("/storage/") && method !== "OPTIONS") {
        incoming.resume();
        outgoing.writeHead(429, { "retry-after": "3600" }).end();
        return;
      }
      const { hostname, port } = target;
      const headers = { ...incoming.headers, host: target.host };
      const onward = httpRequest({ hostname, port, method, path, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    });
  }
  static async open(target: string): Promise<Gate> {
    const gate = new Gate(new URL(target));
    await new Promise<void>((resolve) => gate.#server.listen(0, "127.0.0.1", resolve));
    return gate;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function importNew(keepLocal: boolean): Promise<string> {
  const path = join(desk.home, `${randomUUID()}.jsonl`);
  writeFileSync(path, `${JSON.stringify({ prompt: randomUUID(), completion: "b" })}\n`);
  let id = "";
  await until(core.client, "datasets.changed", undefined, {
    start: async () => {
      ({ id } = await core.client.request("datasets.import", {
        source: { kind: "path", path },
        keepLocal,
      }));
      return core.client.request("datasets.get", { id });
    },
    settle: (dataset) => (dataset.id === id && dataset.status === "ready" ? dataset : undefined),
  });
  return id;
}

/** Waits for a transfer of the row that is as it should be. */
const untilTransfer = (rowId: string, isIt: (transfer: Transfer) => boolean) =>
  until(core.client, "transfers.changed", undefined, {
    start: async () => {
      const all = await core.client.request("transfers.list", {});
      return all.find((one) => one.rowId === rowId && isIt(one)) ?? ({ rowId: "" } as Transfer);
    },
    settle: (transfer) => (transfer.rowId === rowId && isIt(transfer) ? transfer : undefined),
  });

async function rowsAndObjects(id: string) {
  const { data } = await project.service.from("datasets").select("storage_path").eq("id", id);
  const { data: folders } = await project.service.storage
    .from("lora-datasets")
    .list(project.owner.id);
  return { rows: data ?? [], objects: folders?.length ?? 0 };
}

test("what is imported to be kept sends neither row nor file; the rest goes, row first", async () => {
  const before = (await rowsAndObjects("")).objects;
  const kept = await importNew(true);
  const sent = await importNew(false);
  await untilTransfer(sent, ({ state }) => state === "done");
  expect(await rowsAndObjects(kept)).toEqual({ rows: [], objects: before + 1 });
  expect((await rowsAndObjects(sent)).rows).toHaveLength(1);
  const { counts } = await core.client.request("sync.status", {});
  expect(counts.keptLocal).toBeGreaterThanOrEqual(1);
  const keptLocal = await core.client.request("sync.keptLocal", {});
  expect(keptLocal).toEqual({ datasets: [kept], jobs: [], jobsOfColleagues: [] });
});

test("to sync now is to try waiting transfers now", async () => {
  gate.isStorageBusy = true;
  const id = await importNew(false);
  const waiting = await untilTransfer(id, ({ state, error }) => state === "waiting" && !!error);
  expect(waiting.error?.message).toMatch(/busy \(429/);
  gate.isStorageBusy = false;
  await core.client.request("sync.now", {});
  await untilTransfer(id, ({ state }) => state === "done");
});

test("a refused row that is discarded takes its file along, out of the bucket", async () => {
  await project.database.query(
    "alter table public.datasets add constraint refuse_all check (name = 'none') not valid",
  );
  try {
    const before = (await rowsAndObjects("")).objects;
    const id = await importNew(false);
    const opId = await until(core.client, "sync.changed", undefined, {
      start: () => core.client.request("sync.status", {}),
      settle: ({ counts }) => (counts.attention > 0 ? true : undefined),
    }).then(async () => {
      const changes = await core.client.request("sync.quarantine", {});
      return changes.find(({ rowId }) => rowId === id)?.opId ?? "";
    });
    // Nothing was uploaded for a row that the project does not have, but when asked for.
    expect((await rowsAndObjects(id)).objects).toBe(before);
    const [begun] = await core.client.request("transfers.upload", { table: "datasets", rowId: id });
    await untilTransfer(id, ({ state }) => state === "done");
    expect(await rowsAndObjects(id)).toEqual({ rows: [], objects: before + 1 });

    const removed = Promise.withResolvers<string>();
    core.client.subscribe("transfers.removed", (gone) => removed.resolve(gone.id));
    await core.client.request("sync.discard", { opId });
    expect(await removed.promise).toBe(begun?.id);
    await expect.poll(async () => (await rowsAndObjects(id)).objects).toBe(before);
  } finally {
    await project.database.query("alter table public.datasets drop constraint refuse_all");
  }
});
