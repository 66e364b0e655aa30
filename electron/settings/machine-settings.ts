import { type Settings, settingsSchema } from "../../shared/contract/settings.ts";
import type { Store } from "../store/open-store.ts";

/**
 * Settings that hold for this machine whichever account is open. Who is told of notices is not
 * among them: an account's news are not for the channels of another.
 */
export type MachineSettings = Partial<Omit<Settings, "noticeHooks">>;

/** Empty where the file has none yet, or none that can be read. */
export function readMachineSettings(store: Store): MachineSettings {
  const value = store.prepare("SELECT value FROM settings WHERE id = 1").get()?.["value"];
  if (value === undefined) return {};
  try {
    const { noticeHooks: _, ...settings } = settingsSchema.parse(JSON.parse(String(value)));
    return settings;
  } catch {
    return {};
  }
}

/** Takes them over into another file, beside what is that file's own. */
export function writeMachineSettings(store: Store, settings: MachineSettings): void {
  if (Object.keys(settings).length === 0) return;
  store
    .prepare(
      `INSERT INTO settings (id, value) VALUES (1, ?)
       ON CONFLICT (id) DO UPDATE SET value = json_patch(value, excluded.value)`,
    )
    .run(JSON.stringify(settings));
}
