import type { Handlers } from "../../shared/contract/contract.ts";
import type { SyncStatus, SyncTable } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";
import { KeepLocal } from "./keep-local.ts";
import { OverwrittenStore } from "./merge-overwritten-store.ts";
import { MirrorStore } from "./mirror-store.ts";
import { OutboxStore } from "./outbox-store.ts";
import { discardChange, exportChange, listQuarantined, retryChange } from "./quarantine-actions.ts";

export type SyncMethod =
  | "sync.status"
  | "sync.now"
  | "sync.pause"
  | "sync.quarantine"
  | "sync.retry"
  | "sync.discard"
  | "sync.export"
  | "sync.overwritten"
  | "sync.setKeepLocal"
  | "sync.keptLocal";

export interface SyncRequestDeps {
  store: Store;
  /** This machine's name, as its jobs carry it. */
  workstation: string;
  now: () => Date;
  status: () => SyncStatus;
  syncNow: () => void;
  setPaused: (isPaused: boolean) => void;
  /** A row here was given other values, after the transaction that wrote them. */
  onEdited: (table: SyncTable, rowId: string, columns: string[]) => void;
  /** What the project has and this machine has not may be something else. */
  onElsewhere: () => void;
  /** Something in the outbox was changed by hand. */
  onChanged: () => void;
}

export function createSyncRequests(deps: SyncRequestDeps): Handlers<SyncMethod> {
  const { store, onChanged } = deps;
  const overwritten = new OverwrittenStore(store);
  const mirror = new MirrorStore(store);
  const quarantine = { ...deps, outbox: new OutboxStore(store), mirror, overwritten };
  const keepLocal = new KeepLocal(store);
  return {
    "sync.status": () => deps.status(),
    "sync.now": () => {
      deps.syncNow();
      return null;
    },
    "sync.pause": ({ isPaused }) => {
      deps.setPaused(isPaused);
      return deps.status();
    },
    "sync.quarantine": () => listQuarantined(quarantine),
    "sync.retry": ({ opId, values }) => {
      retryChange(opId, values, quarantine);
      onChanged();
      return null;
    },
    "sync.discard": ({ opId }) => {
      discardChange(opId, quarantine);
      onChanged();
      deps.onElsewhere();
      return null;
    },
    "sync.export": ({ opId }) => ({ text: exportChange(opId, quarantine) }),
    "sync.overwritten": () => overwritten.list(),
    "sync.setKeepLocal": ({ table, id, isKeptLocal }) => {
      keepLocal.set(table, id, isKeptLocal);
      onChanged();
      return null;
    },
    "sync.keptLocal": () => keepLocal.list(),
  };
}
