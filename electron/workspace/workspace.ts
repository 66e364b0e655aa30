import type { CoreParts } from "../core-parts.ts";
import type { Hub } from "../gateway/hub.ts";
import { readMachineSettings, type MachineSettings } from "../settings/machine-settings.ts";
import type { Store } from "../store/open-store.ts";
import { closeAll } from "./close-all.ts";
import type { PartsHub } from "./parts-hub.ts";

/** An open file with the parts that work on it. Another can take its place while the core lives. */
export interface Workspace {
  /** Whose file it is; null: local work without an account. */
  readonly accountId: string | null;
  readonly store: Store;
  readonly parts: CoreParts;
  machineSettings(): MachineSettings;
  /** Ends the parts: what is under way is given up, as when the app ends. Runs go on. */
  closeParts(): Promise<void>;
  /** Closes the file; nothing of this workspace is published from here on. */
  closeStore(): void;
}

/**
 * Opens a workspace; whatever was opened is closed again when it cannot be.
 *
 * @param open - Builds the parts on the hub it is given, and leaves in `closers` how they end.
 */
export async function openWorkspace(options: {
  accountId: string | null;
  hub: Hub;
  openStore: () => Store;
  open: (
    store: Store,
    hub: PartsHub,
    closers: (() => void | Promise<void>)[],
  ) => CoreParts | Promise<CoreParts>;
}): Promise<Workspace> {
  const { accountId, hub } = options;
  const closers: (() => void | Promise<void>)[] = [];
  const fence = fenceHub(hub);
  const store = options.openStore();
  const closeParts = () => closeAll(closers);
  const closeStore = () => {
    fence.close();
    store.close();
  };
  try {
    const parts = await options.open(store, fence.hub, closers);
    const machineSettings = () => readMachineSettings(store);
    return { accountId, store, parts, machineSettings, closeParts, closeStore };
  } catch (error) {
    // Why it could not be opened is the news, not what that has broken.
    await closeParts().catch(() => undefined);
    closeStore();
    throw error;
  }
}

/** A hub that a workspace cannot speak or listen through any longer once it has been closed. */
function fenceHub(hub: Hub): { hub: PartsHub; close: () => void } {
  const endings = new Set<() => void>();
  let isOpen = true;
  const untilClosed = (end: () => void) => {
    endings.add(end);
    return () => {
      endings.delete(end);
      end();
    };
  };
  return {
    hub: {
      publish: (topic, data, key) => {
        if (isOpen) hub.publish(topic, data, key);
      },
      subscribe: (topic, listener, key) => untilClosed(hub.subscribe(topic, listener, key)),
      watch: (topic, watcher) => untilClosed(hub.watch(topic, watcher)),
    },
    close: () => {
      isOpen = false;
      for (const end of endings) end();
      endings.clear();
    },
  };
}
