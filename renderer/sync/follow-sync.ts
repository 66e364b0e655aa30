import type { DeskStore } from "../core/desk-store.ts";
import { fetchInto } from "../core/fetch-into.ts";
import { ready } from "../core/loadable.ts";
import { whenConnected } from "../core/when-connected.ts";
import { receiveTransfer, removeTransfer } from "../transfers/transfers-slice.ts";
import type { WindowClient } from "../transport/window-client.ts";
import { receiveSyncStatus } from "./sync-slice.ts";

type SyncCore = Pick<WindowClient, "request" | "subscribe" | "getConnection" | "onConnection">;

/** Keeps what is shown of syncing equal to what the core holds; see `followCore`. */
export function followSync(client: SyncCore, store: DeskStore): () => void {
  const { setState, getState } = store;
  const fetchElsewhere = oneAtATime(async () => {
    await fetchInto(store)("elsewhere", async () => {
      const elsewhere = ready(await client.request("elsewhere.list", {}));
      return ({ elsewhereRevision }) => ({ elsewhere, elsewhereRevision: elsewhereRevision + 1 });
    });
  });
  const fetchAll = (): void => {
    fetchStatusAndTransfers(client, store);
    void fetchKeptLocal(client, store);
    fetchElsewhere();
  };
  const endings = [
    client.subscribe("sync.changed", (status) => {
      const before = getState().syncRevision;
      setState((state) => receiveSyncStatus(state, status));
      if (getState().syncRevision !== before) void fetchKeptLocal(client, store);
    }),
    client.subscribe("transfers.changed", (one) => setState((s) => receiveTransfer(s, one))),
    client.subscribe("transfers.removed", ({ id }) => setState((s) => removeTransfer(s, id))),
    client.subscribe("elsewhere.changed", fetchElsewhere),
    store.subscribe((state, before) => {
      if (state.openedFiles !== before.openedFiles) fetchAll();
    }),
    whenConnected(client, fetchAll),
  ];
  return () => {
    for (const end of endings) end();
  };
}

export function fetchKeptLocal(client: Pick<SyncCore, "request">, store: DeskStore): Promise<void> {
  return fetchInto(store)("keptLocal", async () => {
    const keptLocal = ready(await client.request("sync.keptLocal", {}));
    return () => ({ keptLocal });
  });
}

function fetchStatusAndTransfers(client: SyncCore, store: DeskStore): void {
  const fetch = fetchInto(store);
  void fetch("syncStatus", async () => {
    const status = await client.request("sync.status", {});
    return (state) => receiveSyncStatus(state, status);
  });
  void fetch("fileTransfers", async () => {
    const fileTransfers = ready(await client.request("transfers.list", {}));
    return () => ({ fileTransfers });
  });
}

/** Rows of other machines may change many times a second: one request is under way, one may wait. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isBusy = false;
  let isWanted = false;
  const begin = async (): Promise<void> => {
    isBusy = true;
    do {
      isWanted = false;
      await work();
    } while (isWanted);
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) void begin();
  };
}
