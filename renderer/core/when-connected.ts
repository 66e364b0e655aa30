import type { WindowClient } from "../transport/window-client.ts";

/** Calls back now if connected, and on every later connection. Returns the function that stops it. */
export function whenConnected(client: WindowClient, callback: () => void): () => void {
  let wasConnected = client.getConnection().state === "connected";
  if (wasConnected) callback();
  return client.onConnection(() => {
    const isConnected = client.getConnection().state === "connected";
    if (isConnected && !wasConnected) callback();
    wasConnected = isConnected;
  });
}
