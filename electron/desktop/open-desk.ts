import {
  app,
  dialog,
  Menu,
  nativeTheme,
  powerMonitor,
  protocol,
  session,
  shell,
  type MessageBoxOptions,
  type MessageBoxReturnValue,
  type OpenDialogOptions,
  type OpenDialogReturnValue,
} from "electron";
import type { Dispatch } from "../gateway/dispatch.ts";
import { countActiveRuns } from "./active-runs.ts";
import { createMenuTemplate } from "./app-menu.ts";
import { guardClosing } from "./close-guard.ts";
import { recoverFromCrashes } from "./crash-recovery.ts";
import type { DeskPaths } from "./desk-paths.ts";
import { createDeskWindow, loadPage, rememberPlace } from "./desk-window.ts";
import { guardSession } from "./guard-contents.ts";
import { pageScheme } from "./our-page.ts";
import { createPageProtocol } from "./page-protocol.ts";
import { mayClose } from "./runs-notice.ts";
import { shellChannels } from "./shell-channels.ts";
import { groundColour } from "./theme.ts";
import type { WindowStateFile } from "./window-state.ts";

export interface DeskParts {
  readonly home: string;
  readonly paths: DeskPaths;
  readonly state: WindowStateFile;
  readonly dispatch: Dispatch;
  readonly log: (message: string, details?: Record<string, unknown>) => void;
}

export interface Desk {
  focus(): void;
  isFocused(): boolean;
  /** Brings the window to the front, at this place of the app: `/jobs/<id>`. */
  open(place: string | null): void;
  showMessageBox(options: MessageBoxOptions): Promise<MessageBoxReturnValue>;
  /** Loads the page anew where it is. */
  reload(): void;
  showOpenDialog(options: OpenDialogOptions): Promise<OpenDialogReturnValue>;
}

/** How long the closing window waits to learn whether runs are going on. */
const countRunsWithinMs = 1500;

/** Opens the app's window with all that belongs to it. Electron must be ready. */
export function openDesk(parts: DeskParts): Desk {
  protocol.handle(pageScheme, createPageProtocol(parts.paths.renderer));
  guardSession(session.defaultSession);
  const window = createDeskWindow({
    preloadPath: parts.paths.preload,
    iconPath: parts.paths.icon,
    ground: groundColour(nativeTheme),
    state: parts.state,
  });
  nativeTheme.on("updated", () => {
    if (!window.isDestroyed()) window.setBackgroundColor(groundColour(nativeTheme));
  });

  const closing = guardClosing(
    window,
    () =>
      mayClose({
        countRuns: () => countActiveRuns(parts.dispatch),
        ask: (options) => dialog.showMessageBox(window, options),
        state: parts.state,
        waitMs: countRunsWithinMs,
      }),
    () => rememberPlace(window, parts.state),
  );
  const quitUnasked = () => {
    closing.letGo();
    app.quit();
  };
  powerMonitor.on("shutdown", quitUnasked);
  // Ctrl-C where the app was started, or the end of the person's session.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, quitUnasked);
  recoverFromCrashes(window.webContents, {
    now: () => performance.now(),
    warn: parts.log,
    askToReload: async ({ reason }) => {
      const { response } = await dialog.showMessageBox(window, {
        type: "error",
        message: "The window's page has crashed twice",
        detail: `Reason: ${reason}. Training goes on by itself. The log is in ${parts.home}.`,
        buttons: ["Try again", "Close LoRA Desk"],
        cancelId: 1,
      });
      return response === 0;
    },
    giveUp: () => {
      closing.letGo();
      window.close();
    },
  });

  const template = createMenuTemplate(process.platform, app.getName(), {
    navigate: (place) => {
      if (!window.isDestroyed()) window.webContents.send(shellChannels.navigate, place);
    },
    showDataFolder: () => void shell.openPath(parts.home),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));

  loadPage(window, "").catch((error: unknown) => {
    parts.log("The page could not be loaded", { error: String(error) });
  });
  const focus = () => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  return {
    focus,
    isFocused: () => !window.isDestroyed() && window.isFocused(),
    open: (place) => {
      focus();
      if (place === null || window.isDestroyed()) return;
      window.webContents.send(shellChannels.navigate, `#${place}`);
    },
    showMessageBox: (options) => dialog.showMessageBox(window, options),
    reload: () => {
      if (!window.isDestroyed()) window.webContents.reload();
    },
    showOpenDialog: (options) => dialog.showOpenDialog(window, options),
  };
}
