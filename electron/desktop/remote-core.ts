import { AppError } from "../../shared/app-error.ts";
import {
  type Caller,
  type Handlers,
  type Method,
  type Params,
  procedures,
} from "../../shared/contract/contract.ts";
import { createDispatch } from "../gateway/dispatch.ts";
import { FileRegister } from "../gateway/file-register.ts";
import type { RemoteClient } from "../gateway/remote-client.ts";
import type { CoreSource } from "./core-source.ts";

/**
 * A core in another process, reached with the rights of a local program. The page keeps the rights
 * of a window: its requests are checked here, as our own core would, before they are passed on. A
 * file chosen in this window is passed on by its path, which the page never learns.
 */
export function remoteCoreSource(
  client: RemoteClient,
  log: (message: string, details: Record<string, unknown>) => void,
): CoreSource {
  const files = new FileRegister();
  let isGone = false;
  void client.closed.then(() => {
    isGone = true;
  });
  const passOn = async (method: Method, params: unknown): Promise<unknown> => {
    // A request made after the connection has gone would wait for ever.
    if (isGone) throw coreGone();
    return client.request(method, nameFile(method, params, files) as Params<Method>);
  };
  const handlers = Object.fromEntries(
    Object.keys(procedures).map((method) => [
      method,
      (params: unknown, _caller: Caller) => passOn(method as Method, params),
    ]),
  );
  return {
    dispatch: createDispatch(handlers as unknown as Handlers, log),
    subscribe: (topic, listener, key) => client.subscribe(topic, listener, key),
    registerFile: (file) => files.add({ ...file, isTemporary: false }),
    ended: client.closed,
    close: async () => {
      client.close();
      await client.closed;
    },
  };
}

function nameFile(method: Method, params: unknown, files: FileRegister): unknown {
  if (method !== "datasets.import") return params;
  const { source, ...others } = params as Params<"datasets.import">;
  if (source.kind !== "file") return params;
  return { ...others, source: { kind: "path", path: files.resolve(source.fileId).path } };
}

function coreGone(): AppError {
  return new AppError(
    "unavailable",
    "The LoRA Desk that this window was working with has ended. Try again in a moment.",
  );
}
