import { BrowserWindow, screen } from "electron";
import type { BrowserWindowConstructorOptions, Display } from "electron";
import { pageAddress } from "./our-page.ts";
import { placeWindow, smallestWindow } from "./window-placement.ts";
import type { WindowStateFile } from "./window-state.ts";

export interface DeskWindowOptions {
  readonly preloadPath: string;
  readonly iconPath: string | null;
  readonly ground: string;
  readonly state: WindowStateFile;
}

/** Creates the app's one window, shown as soon as its page has been drawn. */
export function createDeskWindow(options: DeskWindowOptions): BrowserWindow {
  const { bounds, isMaximised } = options.state.get();
  const workAreas = mainFirst().map((display) => display.workArea);
  const window = new BrowserWindow({
    ...placeWindow(bounds, workAreas),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: "LoRA Desk",
    ...(options.iconPath === null ? {} : { icon: options.iconPath }),
    backgroundColor: options.ground,
    show: false,
    webPreferences: pagePreferences(options.preloadPath),
  });
  window.once("ready-to-show", () => {
    // Maximising also shows the window, so it waits for the page as well.
    if (isMaximised) window.maximize();
    else window.show();
  });
  return window;
}

/** Everything that keeps the page a mere page. Most are defaults; stated, so that none slips. */
export function pagePreferences(
  preloadPath: string,
): NonNullable<BrowserWindowConstructorOptions["webPreferences"]> {
  return {
    preload: preloadPath,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  };
}

/** Loads the page at a place of it, such as `#/jobs/new`. */
export function loadPage(window: BrowserWindow, place: string): Promise<void> {
  return window.loadURL(`${pageAddress}${place}`);
}

/** Remembers where the window stood. */
export function rememberPlace(window: BrowserWindow, state: WindowStateFile): void {
  state.update({ bounds: window.getNormalBounds(), isMaximised: window.isMaximized() });
}

function mainFirst(): Display[] {
  const main = screen.getPrimaryDisplay();
  return [main, ...screen.getAllDisplays().filter((display) => display.id !== main.id)];
}
