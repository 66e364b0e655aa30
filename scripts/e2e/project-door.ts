import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** The way to a project, whose storage can be made unreachable for a while. */
export interface ProjectDoor {
  readonly url: string;
  /** Cuts off what is under way as well. */
  shutStorage(): void;
  openStorage(): void;
  close(): Promise<void>;
}

export async function openProjectDoor(projectUrl: string): Promise<ProjectDoor> {
  let isStorageShut = false;
  const server = createServer((incoming, reply) => {
    if (isStorageShut && incoming.url?.startsWith("/storage/") === true) {
      incoming.socket.destroy();
      return;
    }
    const { method, headers, url = "/" } = incoming;
    const onward = request(new URL(url, projectUrl), { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    onward.on("error", () => incoming.socket.destroy());
    incoming.on("close", () => {
      if (!incoming.complete) onward.destroy();
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    shutStorage: () => {
      isStorageShut = true;
      server.closeAllConnections();
    },
    openStorage: () => {
      isStorageShut = false;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
