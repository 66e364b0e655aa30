import type { WindowClient } from "../transport/window-client.ts";

type Connected = Pick<WindowClient, "getConnection" | "onConnection">;

/** Calls back now if connected, and on every later connection. Returns the function that stops it. */
export function whenConnected(client: Connected, callback: () => void): () => void {
  let wasConnected = client.getConnection().state === "connected";
  if (wasConnected) callback();
  return client.onConnection(() => {
    const isConnected = client.getConnection().state === "connected";
    if (isConnected && !wasConnected) callback();
    wasConnected = isConnected;
  });
}
