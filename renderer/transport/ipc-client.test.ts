import { describe, expect, it } from "vitest";
import type { BridgeReply, DesktopBridge } from "../../shared/contract/bridge.ts";
import { settingsSchema } from "../../shared/contract/settings.ts";
import { IpcClient } from "./ipc-client.ts";

const SETTINGS = settingsSchema.parse({ theme: "light" });
const FILE = { fileId: "8a0f1c9e-6f7c-4c77-9d0c-0a6a5f7f1c11", name: "rows.jsonl", sizeBytes: 12 };

function bridgeThat(answer: (method: string) => BridgeReply) {
  const listeners = new Map<string, (data: unknown) => void>();
  const bridge: DesktopBridge = {
    request: (method) => Promise.resolve(answer(method)),
    subscribe: (topic, key, listener) => {
      const name = `${topic} ${key ?? ""}`.trim();
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
    registerDroppedFile: () => Promise.resolve(answer("registerDroppedFile")),
  };
  return { bridge, listeners };
}

const transfer = { signal: new AbortController().signal, onProgress: () => undefined };

describe("IpcClient", () => {
  it("parses answers and turns failures into AppErrors", async () => {
    const { bridge } = bridgeThat((method) =>
      method === "settings.get"
        ? { ok: true, result: SETTINGS }
        : { ok: false, error: { kind: "conflict", message: "Busy." } },
    );
    const client = new IpcClient(bridge);
    expect(await client.request("settings.get", {})).toEqual(SETTINGS);
    await expect(client.request("models.scan", {})).rejects.toMatchObject({ kind: "conflict" });
  });

  it("refuses an answer that does not fit the contract", async () => {
    const { bridge } = bridgeThat(() => ({ ok: true, result: 5 }));
    await expect(new IpcClient(bridge).request("settings.get", {})).rejects.toMatchObject({
      kind: "internal",
    });
  });

  it("shares one subscription between its listeners and ends it with the last", () => {
    const { bridge, listeners } = bridgeThat(() => ({ ok: true, result: null }));
    const client = new IpcClient(bridge);
    const heard: string[] = [];
    const ends = [1, 2].map((n) =>
      client.subscribe("settings.changed", ({ theme }) => heard.push(`${n} ${theme}`)),
    );
    listeners.get("settings.changed")?.(SETTINGS);
    expect(heard).toEqual(["1 light", "2 light"]);
    for (const end of ends) end();
    expect(listeners.size).toBe(0);
  });

  it("lets the shell choose a file, and take a dropped one", async () => {
    const { bridge } = bridgeThat(() => ({ ok: true, result: FILE }));
    const client = new IpcClient(bridge);
    const picked = { fileId: FILE.fileId, name: FILE.name };
    expect(await client.pickFile(transfer)).toEqual(picked);
    expect(await client.takeFile(new File(["x"], "rows.jsonl"), transfer)).toEqual(picked);
    const { bridge: closed } = bridgeThat(() => ({ ok: true, result: null }));
    expect(await new IpcClient(closed).pickFile(transfer)).toBeNull();
  });
});
