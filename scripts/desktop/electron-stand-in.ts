import { EventEmitter } from "node:events";
import {
  CallLog,
  FakeIpcMain,
  FakeSafeStorage,
  FakeWindow,
} from "../../electron/desktop/fake-electron.ts";
import type { ShellOrder, ShellReport } from "./shell-messages.ts";

/*
 * Plays Electron to the built main.js in a plain Node process. The test is page, person and system:
 * it sends orders over the process's own channel and hears all that happens to the window.
 */

function report(message: ShellReport): void {
  process.send?.(message);
}

class ReportingLog extends CallLog {
  override record(name: string, ...args: unknown[]): unknown {
    report({ happened: name, args });
    return super.record(name, ...args);
  }
}

const log = new ReportingLog();
const windows: FakeWindow[] = [];

export class BrowserWindow extends FakeWindow {
  constructor(options: Record<string, unknown>) {
    super(options, windows.length + 1, log);
    windows.push(this);
    app.emit("web-contents-created", {}, this.webContents);
    this.once("closed", () => app.emit("window-all-closed"));
  }
}

class App extends EventEmitter {
  readonly isPackaged = true;
  readonly commandLine = { hasSwitch: (): boolean => false };
  #name = "";
  setName(name: string): void {
    this.#name = name;
  }
  getName(): string {
    return this.#name;
  }
  getVersion(): string {
    return process.env["STAND_IN_VERSION"] ?? "0.0.0";
  }
  setPath(name: string, path: string): void {
    log.record("setPath", name, path);
  }
  requestSingleInstanceLock(): boolean {
    return true;
  }
  enableSandbox(): void {
    log.record("enableSandbox");
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  setLoginItemSettings(settings: unknown): void {
    log.record("loginItem", settings);
  }
  quit(): void {
    let isPrevented = false;
    this.emit("will-quit", { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) this.exit(0);
  }
  exit(code: number): void {
    process.exit(code);
  }
}

export class Notification extends EventEmitter {
  readonly #options: unknown;
  static isSupported(): boolean {
    return true;
  }
  constructor(options: unknown) {
    super();
    this.#options = options;
  }
  show(): void {
    log.record("notification", this.#options);
  }
}

export const app = new App();
export const ipcMain = new FakeIpcMain();
export const powerMonitor = new EventEmitter();
export const nativeTheme = Object.assign(new EventEmitter(), {
  themeSource: "system",
  shouldUseDarkColors: false,
});
export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => log.record("privileged", schemes),
  handle: (scheme: string) => log.record("protocol", scheme),
};
export const screen = {
  getPrimaryDisplay: () => ({ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } }),
  getAllDisplays: () => [screen.getPrimaryDisplay()],
};
export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
    setDevicePermissionHandler: () => undefined,
  }),
};
/** A desktop with a keychain. */
export const safeStorage = new FakeSafeStorage("gnome_libsecret");
export const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: () => log.record("menu"),
};
export const shell = {
  openExternal: () => Promise.resolve(),
  openPath: () => Promise.resolve(""),
};
export const dialog = {
  showErrorBox: (title: string, content: string) => log.record("errorBox", title, content),
  showMessageBox: () => Promise.resolve({ response: 0, checkboxChecked: false }),
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
};

Object.assign(process, { resourcesPath: process.env["STAND_IN_RESOURCES"] });

process.on("message", (order: ShellOrder) => {
  const contents = windows[0]?.webContents;
  if (contents === undefined) return;
  if (order.do === "invoke") {
    ipcMain.invoke(contents, order.channel, [order.message]).then(
      (answer) => report({ id: order.id, answer }),
      (error: unknown) => report({ id: order.id, answer: { thrown: String(error) } }),
    );
  } else if (order.do === "send") {
    const call = { sender: contents, senderFrame: contents.mainFrame };
    ipcMain.emit(order.channel, call, order.message);
  } else {
    windows[0]?.close();
  }
});
