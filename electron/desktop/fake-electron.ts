import { EventEmitter } from "node:events";

/*
 * A stand-in for the parts of Electron that the shell uses, for tests on machines without its
 * binary: it records what it is told and lets a test play the page, the person and the system.
 */

type IpcHandler = (event: unknown, ...args: unknown[]) => unknown;

/** Records each call by name and answers what the test has laid out for it. */
export class CallLog {
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[] = [];
  readonly answers = new Map<string, unknown>();

  record(name: string, ...args: unknown[]): unknown {
    this.calls.push({ name, args });
    return this.answers.get(name);
  }

  named(name: string): (readonly unknown[])[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.args);
  }
}

export class FakeContents extends EventEmitter {
  readonly id: number;
  readonly log: CallLog;
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  mainFrame: { url: string; parent: null } = { url: "app://lora-desk/index.html", parent: null };
  isGone = false;

  constructor(id: number, log: CallLog) {
    super();
    this.id = id;
    this.log = log;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  send(channel: string, ...args: unknown[]): void {
    this.log.record("send", channel, ...args);
    this.emit("sent", channel, ...args);
  }
  reload(): void {
    this.log.record("reload");
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents: FakeContents;
  readonly options: Record<string, unknown>;
  readonly log: CallLog;
  bounds: { x: number; y: number; width: number; height: number } = {
    x: 10,
    y: 20,
    width: 1000,
    height: 700,
  };
  isGone = false;

  constructor(options: Record<string, unknown>, id: number, log: CallLog) {
    super();
    this.options = options;
    this.log = log;
    this.webContents = new FakeContents(id, log);
  }

  loadURL(address: string): Promise<void> {
    this.webContents.mainFrame = { url: address, parent: null };
    this.log.record("loadURL", address);
    this.emit("loaded", address);
    return Promise.resolve();
  }
  show(): void {
    this.log.record("show");
  }
  focus(): void {
    this.log.record("focus");
  }
  restore(): void {
    this.log.record("restore");
  }
  maximize(): void {
    this.log.record("maximize");
  }
  setBackgroundColor(colour: string): void {
    this.log.record("setBackgroundColor", colour);
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return this.bounds;
  }
  /** As Electron: asks the listeners, and closes unless one of them prevents it. */
  close(): void {
    let isPrevented = false;
    this.emit("close", { preventDefault: () => (isPrevented = true) });
    if (isPrevented) return;
    this.isGone = true;
    this.webContents.isGone = true;
    this.emit("closed");
  }
}

/** What `ipcMain` does, and what the page does by it. */
export class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, IpcHandler>();

  handle(channel: string, handler: IpcHandler): void {
    if (this.handlers.has(channel)) throw new Error(`A second handler for ${channel}`);
    this.handlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
  /** The page invokes a channel, as a frame of `contents` at `address`. */
  async invoke(
    contents: FakeContents,
    channel: string,
    args: readonly unknown[],
    frame: { url: string; parent: unknown } = contents.mainFrame,
  ): Promise<unknown> {
    const handler = this.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler for ${channel}`);
    return handler({ sender: contents, senderFrame: frame }, ...args);
  }
}

/** `safeStorage` with a keyring of the given kind: turns bits, and knows its own. */
export class FakeSafeStorage {
  readonly backend: string;
  isAvailable = true;

  constructor(backend: string) {
    this.backend = backend;
  }
  isEncryptionAvailable(): boolean {
    return this.isAvailable;
  }
  getSelectedStorageBackend(): string {
    return this.backend;
  }
  encryptString(text: string): Buffer {
    return Buffer.concat([Buffer.from("v11"), Buffer.from(text).map((byte) => byte ^ 0xff)]);
  }
  decryptString(sealed: Buffer): string {
    if (sealed.toString("latin1", 0, 3) !== "v11") throw new Error("Error while decrypting");
    return Buffer.from(sealed.subarray(3).map((byte) => byte ^ 0xff)).toString("utf8");
  }
}
