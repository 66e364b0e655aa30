import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import type { Dispatch } from "../gateway/dispatch.ts";
import { FileRegister } from "../gateway/file-register.ts";
import { Hub } from "../gateway/hub.ts";
import { ipcChannels, registerIpc, type IpcMain } from "../gateway/ipc.ts";
import { type FileChoiceParts, withFileChoice } from "./choose-file.ts";
import { acceptDroppedFiles, type InvokedMain } from "./dropped-file.ts";
import { CallLog, FakeContents, FakeIpcMain } from "./fake-electron.ts";
import { isOurPage } from "./our-page.ts";
import { shellChannels } from "./shell-channels.ts";

const folder = mkdtempSync(join(tmpdir(), "choose-file-"));
afterAll(() => rmSync(folder, { recursive: true }));
const rows = join(folder, "rows.jsonl");
writeFileSync(rows, '{"text":"a"}\n');
mkdirSync(join(folder, "nested"));

function choosing(filePaths: string[]) {
  const files = new FileRegister();
  const core = vi.fn<Dispatch>(() => Promise.resolve({ ok: true, result: "core" }));
  const showDialog = vi.fn<FileChoiceParts["showDialog"]>(() =>
    Promise.resolve({ canceled: filePaths.length === 0, filePaths }),
  );
  const dispatch = withFileChoice({
    dispatch: core,
    showDialog,
    registerFile: (file) => Promise.resolve(files.add({ ...file, isTemporary: false })),
  });
  return { files, core, showDialog, dispatch };
}

test("files.choose opens the native dialog and answers an id in place of the path", async () => {
  const { files, dispatch, showDialog, core } = choosing([rows]);
  const outcome = await dispatch("files.choose", {}, "desktop");
  expect(outcome).toEqual({
    ok: true,
    result: { fileId: expect.any(String), name: "rows.jsonl", sizeBytes: 13 },
  });
  expect(JSON.stringify(outcome)).not.toContain(folder);
  const { fileId } = (outcome as { result: { fileId: string } }).result;
  expect(files.resolve(fileId)).toMatchObject({ path: rows, isTemporary: false });
  expect(showDialog.mock.calls[0]?.[0].filters?.[0]?.extensions).toEqual([
    "jsonl",
    "ndjson",
    "json",
    "txt",
  ]);
  expect(core).not.toHaveBeenCalled();
});

test("a cancelled dialog answers null", async () => {
  const { dispatch } = choosing([]);
  expect(await dispatch("files.choose", {}, "desktop")).toEqual({ ok: true, result: null });
});

test("other requests and other callers go to the core", async () => {
  const { dispatch, core, showDialog } = choosing([rows]);
  await dispatch("jobs.list", {}, "desktop");
  await dispatch("files.choose", {}, "browser");
  expect(core.mock.calls).toEqual([
    ["jobs.list", {}, "desktop"],
    ["files.choose", {}, "browser"],
  ]);
  expect(showDialog).not.toHaveBeenCalled();
});

test.each(["nested", "missing.jsonl"])("%s is refused with what to do", async (name) => {
  const { dispatch } = choosing([join(folder, name)]);
  expect(await dispatch("files.choose", {}, "desktop")).toMatchObject({
    ok: false,
    error: { kind: "invalid_input", message: expect.stringContaining(name) },
  });
});

function dropping() {
  const ipcMain = new FakeIpcMain();
  const files = new FileRegister();
  acceptDroppedFiles(ipcMain as unknown as InvokedMain, {
    registerFile: (file) => Promise.resolve(files.add({ ...file, isTemporary: false })),
  });
  const contents = new FakeContents(1, new CallLog());
  const drop = (path: unknown, frame?: { url: string; parent: unknown }): Promise<unknown> =>
    ipcMain.invoke(contents, shellChannels.droppedFile, [path], frame);
  return { drop, files };
}

test("a dropped file is registered like a chosen one", async () => {
  const { drop } = dropping();
  expect(await drop(rows)).toMatchObject({ ok: true, result: { name: "rows.jsonl" } });
});

test.each([[""], ["rows.jsonl"], ["/nul\0"], [42], [undefined], [folder]])(
  "%s dropped is refused",
  async (path) => {
    const { drop } = dropping();
    expect(await drop(path)).toMatchObject({ ok: false, error: { kind: "invalid_input" } });
  },
);

test("only the top frame of our page may hand over files", async () => {
  const { drop } = dropping();
  for (const frame of [
    { url: "https://example.org/", parent: null },
    { url: "app://lora-desk/index.html", parent: {} },
  ]) {
    expect(await drop(rows, frame)).toMatchObject({ ok: false, error: { kind: "forbidden" } });
  }
});

test("the core hears no request and no subscription of a foreign page", async () => {
  const ipcMain = new FakeIpcMain();
  const hub = new Hub();
  const dispatch = vi.fn<Dispatch>(() => Promise.resolve({ ok: true, result: 1 }));
  registerIpc(ipcMain as unknown as IpcMain, { dispatch, hub }, isOurPage);
  const contents = new FakeContents(1, new CallLog());
  const foreign = { url: "https://example.org/", parent: null };
  const message = { method: "app.info", params: {} };
  expect(await ipcMain.invoke(contents, ipcChannels.request, [message], foreign)).toMatchObject({
    ok: false,
    error: { kind: "forbidden" },
  });
  const subscribe = { subscribe: "settings.changed" };
  const heard: boolean[] = [];
  hub.watch("settings.changed", (isHeard) => heard.push(isHeard));
  ipcMain.emit(ipcChannels.subscription, { sender: contents, senderFrame: foreign }, subscribe);
  expect(heard).toEqual([false]);
  expect(dispatch).not.toHaveBeenCalled();

  expect(await ipcMain.invoke(contents, ipcChannels.request, [message])).toEqual({
    ok: true,
    result: 1,
  });
  const ours = { sender: contents, senderFrame: contents.mainFrame };
  ipcMain.emit(ipcChannels.subscription, ours, subscribe);
  expect(heard).toEqual([false, true]);
});
