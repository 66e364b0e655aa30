import { describe, expect, it, vi } from "vitest";
import type { Method, Topic } from "../../shared/contract/contract.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import { createDeskStore } from "../core/desk-store.ts";
import { followCore } from "../core/follow-core.ts";
import { valueOr } from "../core/loadable.ts";
import type { WindowClient } from "../transport/window-client.ts";

const ada = "00000000-0000-4000-8000-000000000001";
const accounts = (activeId: string | null) => ({
  activeId,
  accounts: [],
  local: { datasets: 0, jobs: 0 },
});
const status = (synced: number, attention = 0): SyncStatus => ({
  state: "idle",
  counts: { ...NOTHING_OWED, synced, attention, keptLocal: 0, ofColleagues: 0 },
  lastError: null,
  nextTryAt: null,
  lastSyncedAt: null,
});

/** A core whose answers to some requests are held until the test gives them. */
function openDesk(answers: Partial<Record<Method, () => unknown>>) {
  const asked: Method[] = [];
  const listeners = new Map<Topic, (data: unknown) => void>();
  const client = {
    request: (method: Method) => {
      asked.push(method);
      const answer = answers[method];
      return answer === undefined ? new Promise(() => {}) : Promise.resolve(answer());
    },
    subscribe: (topic: Topic, listener: (data: unknown) => void) => {
      listeners.set(topic, listener);
      return () => listeners.delete(topic);
    },
    getConnection: () => ({ state: "connected" }),
    onConnection: () => () => {},
  } as unknown as WindowClient;
  const store = createDeskStore();
  const end = followCore(client, store);
  const tell = (topic: Topic, data: unknown): void => listeners.get(topic)?.(data);
  const count = (method: Method): number => asked.filter((one) => one === method).length;
  return { store, tell, count, end, listeners };
}

describe("what the window knows of syncing", () => {
  it("is fetched anew from another account's file, and nothing of the former one is kept", async () => {
    let rows = status(5);
    let activeId: string | null = null;
    const desk = openDesk({
      "accounts.list": () => accounts(activeId),
      "sync.status": () => rows,
      "jobs.list": () => [],
    });
    await vi.waitFor(() => {
      expect(desk.store.getState().jobs.state).toBe("ready");
      expect(desk.store.getState().accounts.state).toBe("ready");
    });
    rows = status(9);
    activeId = ada;
    desk.tell("accounts.changed", accounts(ada));
    expect(desk.store.getState().jobs.state).toBe("loading");
    expect(desk.store.getState().syncStatus.state).toBe("loading");
    await vi.waitFor(() => {
      expect(valueOr(desk.store.getState().syncStatus, null)).toEqual(rows);
      expect(desk.store.getState().jobs.state).toBe("ready");
    });
    expect(desk.count("jobs.list")).toBe(2);

    desk.tell("accounts.changed", accounts(ada));
    expect(desk.count("jobs.list")).toBe(2);
    desk.end();
    expect(desk.listeners.size).toBe(0);
  });

  it("takes no answer that another account's file has overtaken", async () => {
    let giveFormer: (list: unknown) => void = () => {};
    const desk = openDesk({
      "accounts.list": () => accounts(null),
      "elsewhere.list": () => new Promise((resolve) => (giveFormer = resolve)),
    });
    await vi.waitFor(() => expect(desk.store.getState().accounts.state).toBe("ready"));
    const former = giveFormer;
    desk.tell("accounts.changed", accounts(ada));
    former({ datasets: [], jobs: ["of another"], artifacts: [], members: [] });
    // The next request begins only once the answer to the former has been dealt with.
    await vi.waitFor(() => expect(desk.count("elsewhere.list")).toBe(2));
    expect(desk.store.getState().elsewhere.state).toBe("loading");
    desk.end();
  });

  it("asks for other machines' rows one at a time, however often they change", async () => {
    const gives: ((list: unknown) => void)[] = [];
    const desk = openDesk({
      "elsewhere.list": () => new Promise((resolve) => gives.push(resolve)),
    });
    for (let change = 0; change < 50; change += 1) desk.tell("elsewhere.changed", {});
    expect(desk.count("elsewhere.list")).toBe(1);
    gives[0]?.({ datasets: [], jobs: [], artifacts: [], members: [] });
    await vi.waitFor(() => expect(desk.count("elsewhere.list")).toBe(2));
    desk.end();
  });

  it("looks again at what needs attention when its number changes, and only then", () => {
    const desk = openDesk({});
    desk.tell("sync.changed", status(5));
    const { syncRevision } = desk.store.getState();
    desk.tell("sync.changed", status(6));
    expect(desk.store.getState().syncRevision).toBe(syncRevision);
    desk.tell("sync.changed", status(6, 1));
    expect(desk.store.getState().syncRevision).toBe(syncRevision + 1);
    desk.end();
  });
});
