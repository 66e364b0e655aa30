import { EventEmitter } from "node:events";
import type { Session, WebContents } from "electron";
import { expect, test } from "vitest";
import { CallLog, FakeContents } from "./fake-electron.ts";
import { guardContents, guardSession } from "./guard-contents.ts";
import { openOutside } from "./open-outside.ts";

function guarded(): { contents: FakeContents; opened: string[] } {
  const contents = new FakeContents(1, new CallLog());
  const opened: string[] = [];
  guardContents(contents as unknown as WebContents, (address) => {
    return openOutside(address, (url) => {
      opened.push(url);
      return Promise.resolve();
    });
  });
  return { contents, opened };
}

function isPrevented(contents: FakeContents, event: string, url: string): boolean {
  let prevented = false;
  contents.emit(event, { url, preventDefault: () => (prevented = true) });
  return prevented;
}

test("no second window is ever opened; an https link goes to the browser", () => {
  const { contents, opened } = guarded();
  expect(contents.openHandler?.({ url: "https://huggingface.co/x" })).toEqual({ action: "deny" });
  expect(contents.openHandler?.({ url: "file:///etc/passwd" })).toEqual({ action: "deny" });
  expect(contents.openHandler?.({ url: "app://lora-desk/" })).toEqual({ action: "deny" });
  expect(opened).toEqual(["https://huggingface.co/x"]);
});

test("the page stays at its own address", () => {
  const { contents, opened } = guarded();
  expect(isPrevented(contents, "will-navigate", "https://example.org/")).toBe(true);
  expect(isPrevented(contents, "will-navigate", "file:///etc/passwd")).toBe(true);
  expect(isPrevented(contents, "will-navigate", "app://lora-desk/index.html#/jobs")).toBe(false);
  expect(isPrevented(contents, "will-frame-navigate", "https://example.org/")).toBe(true);
  expect(isPrevented(contents, "will-redirect", "https://example.org/")).toBe(true);
  expect(isPrevented(contents, "will-attach-webview", "")).toBe(true);
  expect(opened).toEqual(["https://example.org/"]);
});

test.each([
  "http://example.org/",
  "javascript:alert(1)",
  "file:///x",
  "https://user:secret@example.org/",
  `https://example.org/${"x".repeat(3000)}`,
  "not an address",
])("%s is not opened outside", (address) => {
  const opened: string[] = [];
  expect(
    openOutside(address, (url) => {
      opened.push(url);
      return Promise.resolve();
    }),
  ).toBe(false);
  expect(opened).toEqual([]);
});

class FakeSession extends EventEmitter {
  request: ((c: unknown, p: string, answer: (yes: boolean) => void, d: object) => void) | undefined;
  check: ((c: unknown, p: string, origin: string) => boolean) | undefined;
  device: (() => boolean) | undefined;
  setPermissionRequestHandler(handler: NonNullable<FakeSession["request"]>): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: NonNullable<FakeSession["check"]>): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.device = handler;
  }
}

test("only our page may write to the clipboard, and nobody may do anything else", () => {
  const session = new FakeSession();
  guardSession(session as unknown as Session);
  const answers: boolean[] = [];
  const ask = (permission: string, requestingUrl: string): void =>
    session.request?.(null, permission, (yes) => answers.push(yes), { requestingUrl });
  ask("clipboard-sanitized-write", "app://lora-desk/index.html");
  ask("clipboard-sanitized-write", "https://example.org/");
  for (const permission of [
    "media",
    "geolocation",
    "notifications",
    "clipboard-read",
    "openExternal",
  ]) {
    ask(permission, "app://lora-desk/index.html");
  }
  expect(answers).toEqual([true, false, false, false, false, false, false]);
  expect(session.check?.(null, "clipboard-sanitized-write", "app://lora-desk/")).toBe(true);
  expect(session.check?.(null, "media", "app://lora-desk/")).toBe(false);
  expect(session.device?.()).toBe(false);
});

test("only what our page offers can be downloaded", () => {
  const session = new FakeSession();
  guardSession(session as unknown as Session);
  const prevented = (url: string): boolean => {
    let answer = false;
    session.emit("will-download", { preventDefault: () => (answer = true) }, { getURL: () => url });
    return answer;
  };
  expect(prevented("blob:app://lora-desk/7c9e")).toBe(false);
  expect(prevented("https://example.org/x.exe")).toBe(true);
  expect(prevented("blob:https://example.org/7c9e")).toBe(true);
});
