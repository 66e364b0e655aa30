import { beforeEach, expect, test, vi } from "vitest";
import { FakeWindow } from "./fake-electron.ts";

const created = vi.hoisted((): { windows: unknown[] } => ({ windows: [] }));

vi.mock("electron", async () => {
  const fake = await import("./fake-electron.ts");
  return {
    BrowserWindow: class extends fake.FakeWindow {
      constructor(options: Record<string, unknown>) {
        super(options, created.windows.length + 1, new fake.CallLog());
        created.windows.push(this);
      }
    },
    screen: {
      getPrimaryDisplay: () => ({ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }),
      getAllDisplays: () => [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
    },
  };
});

const { createDeskWindow } = await import("./desk-window.ts");

function open(isMaximised = false): FakeWindow {
  createDeskWindow({
    preloadPath: "/app/preload.cjs",
    iconPath: null,
    ground: "#ffffff",
    state: {
      get: () => ({ bounds: null, isMaximised, isRunsNoticeHidden: false }),
      update: () => undefined,
    },
  });
  const window = created.windows.at(-1);
  if (!(window instanceof FakeWindow)) throw new Error("No window was created.");
  return window;
}

beforeEach(() => {
  created.windows.length = 0;
});

test("the page has no more rights than a page in a browser", () => {
  expect(open().options["webPreferences"]).toMatchObject({
    preload: "/app/preload.cjs",
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
  });
});

test("the window has a least size and a ground colour, and waits for its page", () => {
  const window = open();
  expect(window.options).toMatchObject({
    minWidth: 960,
    minHeight: 640,
    show: false,
    backgroundColor: "#ffffff",
    title: "LoRA Desk",
  });
  expect(window.log.named("show")).toHaveLength(0);
  window.emit("ready-to-show");
  expect(window.log.named("show")).toHaveLength(1);
});

test("a window that was maximised opens maximised", () => {
  const window = open(true);
  expect(window.log.named("maximize")).toHaveLength(0);
  window.emit("ready-to-show");
  expect(window.log.named("maximize")).toHaveLength(1);
});
