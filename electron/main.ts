import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  app,
  dialog,
  ipcMain,
  nativeTheme,
  Notification,
  type OpenDialogOptions,
  powerMonitor,
  protocol,
  safeStorage,
  shell,
} from "electron";
import { AppError } from "../shared/app-error.ts";
import { openCore } from "./core.ts";
import { withFileChoice } from "./desktop/choose-file.ts";
import { withLlamaCppChoice } from "./desktop/choose-llama-cpp.ts";
import { CoreSwitch } from "./desktop/core-switch.ts";
import { findDeskPaths } from "./desktop/desk-paths.ts";
import { withCommandConsent } from "./desktop/command-consent.ts";
import { showDesktopNotices } from "./desktop/desktop-notices.ts";
import { acceptDroppedFiles } from "./desktop/dropped-file.ts";
import { guardContents } from "./desktop/guard-contents.ts";
import { openKeychain } from "./desktop/keychain.ts";
import { joinCore } from "./desktop/join-core.ts";
import { LoginItem } from "./desktop/login-item.ts";
import { openDesk, type Desk } from "./desktop/open-desk.ts";
import { openOutside } from "./desktop/open-outside.ts";
import { isOurPage } from "./desktop/our-page.ts";
import { pageSchemePrivileges } from "./desktop/page-protocol.ts";
import { syncOnResume } from "./desktop/sync-on-resume.ts";
import { applyTheme } from "./desktop/theme.ts";
import { openWindowState } from "./desktop/window-state.ts";
import { registerIpc } from "./gateway/ipc.ts";
import { connectRemoteClient } from "./gateway/remote-client.ts";
import { readCoreAddress } from "./home/core-address.ts";
import { type CoreLog, openCoreLog } from "./home/core-log.ts";
import { createHome, homePath } from "./home/home-folder.ts";

/** How long a core that ends or starts is given before it is asked again. */
const pauseMs = 200;

/*
 * The desktop app's composition root. Nothing is awaited at the top level: Electron gets ready
 * only after this module has been loaded.
 */
start();

function start(): void {
  app.setName("LoRA Desk");
  const home = homePath(process.env);
  let log: CoreLog;
  try {
    createHome(home);
    // Chromium keeps its files here, and by them the single-instance lock: one per data folder.
    app.setPath("userData", join(home, "chromium"));
    log = openCoreLog(home);
  } catch (error) {
    fail(error);
    return;
  }
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // The flag is for machines where Chromium's sandbox cannot work; see scripts/start.ts.
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
  protocol.registerSchemesAsPrivileged([pageSchemePrivileges]);
  app.on("web-contents-created", (_event, contents) => {
    guardContents(contents, (address) => openOutside(address, (url) => shell.openExternal(url)));
  });
  app
    .whenReady()
    .then(() => run(home, log))
    .catch(fail);
}

/** Opens the window at once; its first requests wait for the core. */
function run(home: string, log: CoreLog): void {
  const paths = findDeskPaths({
    mainPath: import.meta.dirname,
    isPackaged: app.isPackaged,
    resourcesPath: process.resourcesPath,
  });
  const version = app.getVersion();
  const parts = {
    homePath: home,
    version,
    openCore: () =>
      openCore({
        homePath: home,
        shell: "desktop",
        version,
        trainerPath: paths.trainer,
        supabasePath: paths.supabase,
        rendererPath: paths.renderer,
        port: 0,
        importWorkerUrl: paths.importWorker,
        secretBox: openKeychain(safeStorage, log.write),
        env: process.env,
      }),
    readAddress: () => readCoreAddress(home),
    connect: connectRemoteClient,
    log: log.write,
    pause: async (signal: AbortSignal) => pause(pauseMs, undefined, { signal }),
  };
  let desk: Desk | null = null;
  const cores = new CoreSwitch({
    find: (signal) => joinCore(parts, signal),
    onSwitched: () => desk?.reload(),
    onFailed: fail,
  });

  const registerFile = cores.registerFile.bind(cores);
  const showDialog = (options: OpenDialogOptions) =>
    desk?.showOpenDialog(options) ?? dialog.showOpenDialog(options);
  const dispatch = withFileChoice({
    dispatch: withCommandConsent({
      dispatch: withLlamaCppChoice({ dispatch: cores.dispatch, showDialog }),
      ask: (options) => desk?.showMessageBox(options) ?? dialog.showMessageBox(options),
    }),
    showDialog,
    registerFile,
  });
  registerIpc(ipcMain, { dispatch, hub: cores.hub }, isOurPage);
  acceptDroppedFiles(ipcMain, { registerFile });
  const loginItem = new LoginItem(app, log.write);
  cores.hub.subscribe("settings.changed", (settings) => {
    applyTheme(nativeTheme, settings);
    loginItem.apply(settings);
  });
  dispatch("settings.get", {}, "desktop")
    .then((outcome) => outcome.ok && applyTheme(nativeTheme, outcome.result))
    .catch((error: unknown) => log.write("The theme could not be applied", { error }));

  const state = openWindowState(join(home, "window.json"), (message, cause) =>
    log.write(message, { cause: String(cause) }),
  );
  desk = openDesk({ home, paths, state, dispatch, log: log.write });
  showDesktopNotices({
    hub: cores.hub,
    dispatch,
    isSupported: () => Notification.isSupported(),
    isWindowFocused: () => desk?.isFocused() ?? false,
    create: ({ title, body }) =>
      new Notification({ title, body, ...(paths.icon === null ? {} : { icon: paths.icon }) }),
    open: (place) => desk?.open(place),
    log: log.write,
  });
  syncOnResume(powerMonitor, { dispatch, log: log.write });
  app.on("second-instance", () => desk?.focus());
  app.on("window-all-closed", () => app.quit());
  closeBeforeQuitting(async () => {
    await cores.close();
    log.close();
  });
}

/** Lets the core end properly: its database is closed and its lock given back. */
function closeBeforeQuitting(close: () => Promise<void>): void {
  let isClosing = false;
  app.on("will-quit", (event) => {
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    close().then(() => app.exit(0), fail);
  });
}

/** Says what stands in the way, and ends. */
function fail(error: unknown): void {
  const text =
    error instanceof AppError
      ? error.message
      : `Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`;
  process.stderr.write(`${text}\n`);
  dialog.showErrorBox("LoRA Desk cannot go on", text);
  app.exit(1);
}
