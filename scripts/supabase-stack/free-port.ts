import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A TCP port of the loopback address that nothing listens on at this moment. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Thrown by what was started on a port that another program took in between. */
export class PortTakenError extends Error {}

/**
 * Starts a program that must be told its port. Between finding a free port and the program's
 * binding to it another may be quicker (two stacks starting at once), so a taken port is tried
 * again with the next one.
 */
export async function startOnFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await findFreePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 5) throw error;
    }
  }
}
