import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { DesktopBridge } from "../../shared/contract/bridge.ts";
import type { Method, Params, Result, Topic, TopicData } from "../../shared/contract/contract.ts";
import { failureSchema } from "../../shared/contract/errors.ts";
import { Subscriptions } from "./subscriptions.ts";
import { parseResult } from "./validate.ts";
import type { ConnectionState, FileTransfer, PickedFile, WindowClient } from "./window-client.ts";

const bridgeReplySchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: failureSchema }),
]);

const CONNECTED: ConnectionState = { state: "connected" };

/** The core in the same program: always connected, for without it there would be no window. */
export class IpcClient implements WindowClient {
  readonly canChooseFolders = true;
  readonly #bridge: DesktopBridge;
  readonly #subscriptions = new Subscriptions();
  readonly #endings = new Map<string, () => void>();

  constructor(bridge: DesktopBridge) {
    this.#bridge = bridge;
  }

  async request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    return parseResult(method, readReply(await this.#bridge.request(method, params)));
  }

  subscribe<T extends Topic>(
    topic: T,
    listener: (data: TopicData<T>) => void,
    key?: string,
  ): () => void {
    const id = `${topic} ${key ?? ""}`;
    if (this.#subscriptions.add(topic, key, listener)) {
      this.#endings.set(
        id,
        this.#bridge.subscribe(topic, key, (data) =>
          this.#subscriptions.deliverTo(topic, key, data),
        ),
      );
    }
    return () => {
      if (!this.#subscriptions.remove(topic, key, listener)) return;
      this.#endings.get(id)?.();
      this.#endings.delete(id);
    };
  }

  getConnection(): ConnectionState {
    return CONNECTED;
  }

  onConnection(): () => void {
    return () => undefined;
  }

  async pickFile(transfer: FileTransfer): Promise<PickedFile | null> {
    const chosen = await this.request("files.choose", {});
    return chosen === null ? null : picked(chosen, transfer);
  }

  /** The shell reads a dropped file from its place on the disk: nothing is sent. */
  async takeFile(file: File, transfer: FileTransfer): Promise<PickedFile> {
    const reply = readReply(await this.#bridge.registerDroppedFile(file));
    const registered = parseResult("files.choose", reply);
    if (registered === null) {
      throw new AppError("invalid_input", `${file.name} could not be read. Choose it instead.`);
    }
    return picked(registered, transfer);
  }

  close(): void {
    for (const end of this.#endings.values()) end();
    this.#endings.clear();
  }
}

function readReply(reply: unknown): unknown {
  const parsed = bridgeReplySchema.safeParse(reply);
  if (!parsed.success) {
    throw new AppError("internal", "The app's answer could not be read. Restart LoRA Desk.", {
      cause: parsed.error,
    });
  }
  if (!parsed.data.ok) throw AppError.fromFailure(parsed.data.error);
  return parsed.data.result;
}

function picked(
  file: { fileId: string; name: string; sizeBytes: number },
  transfer: FileTransfer,
): PickedFile {
  const { fileId, name, sizeBytes } = file;
  transfer.onProgress({ name, bytesSent: sizeBytes, bytesTotal: sizeBytes });
  return { fileId, name };
}
