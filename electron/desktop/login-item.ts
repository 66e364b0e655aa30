import { homedir } from "node:os";
import { setLoginStart } from "../login/login-start.ts";

/** What is needed of Electron's app. */
export interface LoginItems {
  setLoginItemSettings(settings: { openAtLogin: boolean }): void;
}

/** Lets the desktop app start with the user's session, as the settings say, or no longer. */
export class LoginItem {
  readonly #items: LoginItems;
  readonly #log: (message: string, details?: Record<string, unknown>) => void;
  #isOn: boolean | null = null;

  constructor(
    items: LoginItems,
    log: (message: string, details?: Record<string, unknown>) => void,
  ) {
    this.#items = items;
    this.#log = log;
  }

  /** Does nothing as long as the setting is as it was: other settings change more often. */
  apply({ isStartedAtLogin }: { isStartedAtLogin: boolean }): void {
    if (this.#isOn === isStartedAtLogin) return;
    this.#isOn = isStartedAtLogin;
    this.#set(isStartedAtLogin).catch((error: unknown) =>
      this.#log("Starting at login could not be set", { error: String(error) }),
    );
  }

  async #set(isOn: boolean): Promise<void> {
    // Electron knows the places of macOS and Windows; on Linux it knows none.
    if (process.platform !== "linux") {
      this.#items.setLoginItemSettings({ openAtLogin: isOn });
      return;
    }
    await setLoginStart(isOn, {
      platform: process.platform,
      env: process.env,
      userHome: homedir(),
      // An AppImage runs from a place that is gone afterwards.
      program: [process.env["APPIMAGE"] ?? process.execPath],
      kind: "window",
      run: () => Promise.resolve(),
    });
  }
}
