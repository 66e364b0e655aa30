import { expect, test, vi } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { FileRegister } from "../gateway/file-register.ts";
import { Hub } from "../gateway/hub.ts";
import type { RemoteClient } from "../gateway/remote-client.ts";
import type { OwnCore } from "./core-source.ts";
import { joinCore } from "./join-core.ts";

const isRunning = new AppError("conflict", "Another LoRA Desk runs.", {
  details: { isRunning: true },
});
const address = { pid: 7, url: "http://127.0.0.1:4242", secret: "s".repeat(32) };

function ownCore(): OwnCore {
  return {
    dispatch: (method) => Promise.resolve({ ok: true, result: `own: ${method}` }),
    hub: new Hub(),
    files: new FileRegister(),
    close: () => Promise.resolve(),
  };
}

function fakeClient(version = "1.0.0") {
  const closed = Promise.withResolvers<void>();
  const asked: { method: string; params: unknown }[] = [];
  const request = (method: string, params: unknown): Promise<unknown> => {
    asked.push({ method, params });
    if (method === "jobs.get") return Promise.reject(new AppError("not_found", "No such run."));
    return Promise.resolve(method === "app.info" ? { version, pid: 7 } : `remote: ${method}`);
  };
  const client: RemoteClient = {
    request: request as CoreClient["request"],
    subscribe: () => () => undefined,
    closed: closed.promise,
    close: () => closed.resolve(),
  };
  return { client, asked, end: () => closed.resolve(), closed: closed.promise };
}

function parts(client: RemoteClient | null) {
  return {
    homePath: "/home/ada/desk",
    version: "1.0.0",
    openCore: vi.fn<() => Promise<OwnCore>>(() => Promise.reject(isRunning)),
    readAddress: vi.fn<() => typeof address | null>(() => address),
    connect: vi.fn<() => Promise<RemoteClient>>(() =>
      client === null
        ? Promise.reject(new AppError("unavailable", "Nobody answers."))
        : Promise.resolve(client),
    ),
    log: vi.fn<() => void>(),
    pause: vi.fn<() => Promise<void>>(() => Promise.resolve()),
  };
}

const notAborted = new AbortController().signal;

test("alone in the data folder, the app opens its own core", async () => {
  const given = { ...parts(null), openCore: () => Promise.resolve(ownCore()) };
  const source = await joinCore(given, notAborted);
  expect(await source.dispatch("app.info", {}, "desktop")).toEqual({
    ok: true,
    result: "own: app.info",
  });
  expect(given.connect).not.toHaveBeenCalled();
});

test("where another core runs, the window joins it and hears when it ends", async () => {
  const { client, end } = fakeClient();
  const source = await joinCore(parts(client), notAborted);
  expect(await source.dispatch("jobs.list", {}, "desktop")).toEqual({
    ok: true,
    result: "remote: jobs.list",
  });
  expect(await source.dispatch("jobs.get", { id: crypto.randomUUID() }, "desktop")).toEqual({
    ok: false,
    error: { kind: "not_found", message: "No such run." },
  });
  end();
  await source.ended;
  expect(await source.dispatch("jobs.list", {}, "desktop")).toMatchObject({
    ok: false,
    error: { kind: "unavailable" },
  });
});

test("through a joined core the page gains no right to name paths or programs", async () => {
  const { client, asked } = fakeClient();
  const source = await joinCore(parts(client), notAborted);
  asked.length = 0;
  const path = { source: { kind: "path", path: "/etc/passwd" } };
  for (const [method, params] of [
    ["datasets.import", path],
    ["environment.use", { pythonPath: "/tmp/evil" }],
    ["datasets.import", { source: { kind: "file", fileId: crypto.randomUUID() } }],
    ["no.such", {}],
    ["jobs.get", { id: 3 }],
  ] as const) {
    expect(await source.dispatch(method, params, "desktop")).toMatchObject({ ok: false });
  }
  expect(asked).toEqual([]);
});

test("a file chosen here is passed to the joined core by its path", async () => {
  const { client, asked } = fakeClient();
  const source = await joinCore(parts(client), notAborted);
  const fileId = source.registerFile({
    path: "/data/rows.jsonl",
    name: "rows.jsonl",
    sizeBytes: 9,
  });
  const params = { source: { kind: "file", fileId }, name: "Rows" };
  expect(await source.dispatch("datasets.import", params, "desktop")).toMatchObject({ ok: true });
  expect(asked.at(-1)).toEqual({
    method: "datasets.import",
    params: { source: { kind: "path", path: "/data/rows.jsonl" }, name: "Rows" },
  });
});

test("a core that is just ending or starting is waited for", async () => {
  const given = parts(null);
  given.readAddress.mockReturnValueOnce(null);
  given.openCore
    .mockRejectedValueOnce(isRunning)
    .mockRejectedValueOnce(isRunning)
    .mockResolvedValueOnce(ownCore());
  const source = await joinCore(given, notAborted);
  expect(given.pause).toHaveBeenCalledTimes(2);
  expect(await source.dispatch("app.info", {}, "desktop")).toMatchObject({
    result: "own: app.info",
  });
});

test("a core that holds the folder and never answers is named, with what to do", async () => {
  await expect(joinCore(parts(null), notAborted)).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringMatching(/\/home\/ada\/desk.*does not answer.*End it/),
  });
});

test("a core of another version is not joined", async () => {
  const { client, closed } = fakeClient("0.9.0");
  await expect(joinCore(parts(client), notAborted)).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("0.9.0"),
  });
  await closed;
});

test("failures other than a running core are not waited out", async () => {
  const given = parts(null);
  given.openCore.mockRejectedValue(new AppError("unavailable", "The disk is full."));
  await expect(joinCore(given, notAborted)).rejects.toThrow("The disk is full.");
  await expect(joinCore(given, AbortSignal.abort())).rejects.toThrow(/abort/i);
  expect(given.pause).not.toHaveBeenCalled();
});
