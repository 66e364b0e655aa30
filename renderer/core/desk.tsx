import { createContext, use, useEffect, useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { ConnectionState, WindowClient } from "../transport/window-client.ts";
import type { DeskState, DeskStore } from "./desk-store.ts";
import { whenConnected } from "./when-connected.ts";

type Desk = { readonly client: WindowClient; readonly store: DeskStore };

const DeskContext = createContext<Desk | null>(null);

type DeskProviderProps = Desk & { readonly children: ReactNode };

/** Hands the core's client and the store to every hook below it. */
export function DeskProvider({ client, store, children }: DeskProviderProps) {
  const [desk] = useState<Desk>(() => ({ client, store }));
  return <DeskContext value={desk}>{children}</DeskContext>;
}

function useDeskContext(): Desk {
  const desk = use(DeskContext);
  if (desk === null) throw new Error("A hook of the desk was used outside DeskProvider.");
  return desk;
}

export function useClient(): WindowClient {
  return useDeskContext().client;
}

export function useDeskStore(): DeskStore {
  return useDeskContext().store;
}

/** Select narrowly: the component renders again whenever the selected value changes. */
export function useDesk<T>(select: (state: DeskState) => T): T {
  return useStore(useDeskContext().store, select);
}

export function useConnection(): ConnectionState {
  const client = useClient();
  return useSyncExternalStore(
    (listener) => client.onConnection(listener),
    () => client.getConnection(),
  );
}

/** How often the window has been connected: changes when everything has to be fetched anew. */
export function useConnectionCount(): number {
  const client = useClient();
  const [count, setCount] = useState(0);
  useEffect(() => whenConnected(client, () => setCount((n) => n + 1)), [client]);
  return count;
}
