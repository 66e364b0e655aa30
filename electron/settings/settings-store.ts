import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import { type Settings, settingsSchema } from "../../shared/contract/settings.ts";
import type { Store } from "../store/open-store.ts";
import { maskHooks } from "../notices/notice-hook.ts";
import { resolveLlamaCpp } from "./llama-cpp-folder.ts";

type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

export interface SettingsStore {
  readonly requests: Handlers<"settings.get" | "settings.update">;
  get(): Settings;
  /** Writes the given fields, leaves the others, and tells every listener. */
  update(change: SettingsChange): Settings;
  setPythonPath(path: string | null): void;
  setModelFolders(folders: readonly string[]): void;
}

export interface SettingsStoreOptions {
  store: Store;
  publish: Publish;
  log: (message: string, details?: Record<string, unknown>) => void;
}

export function openSettings({ store, publish, log }: SettingsStoreOptions): SettingsStore {
  let current = readSettings(store, log);

  const update = (change: SettingsChange): Settings => {
    const next = settingsSchema.parse({ ...current, ...withoutUndefined(change) });
    store
      .prepare(
        "INSERT INTO settings (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value",
      )
      .run(JSON.stringify(next));
    current = next;
    publish("settings.changed", withoutSecrets(next));
    return next;
  };

  return {
    requests: {
      "settings.get": () => withoutSecrets(current),
      "settings.update": async (params) => {
        const { llamaCppPath } = params;
        if (typeof llamaCppPath !== "string") return withoutSecrets(update(params));
        const folder = await resolveLlamaCpp(llamaCppPath);
        return withoutSecrets(update({ ...params, llamaCppPath: folder }));
      },
    },
    get: () => current,
    update,
    setPythonPath: (pythonPath) => void update({ pythonPath }),
    setModelFolders: (modelFolders) => void update({ modelFolders: [...modelFolders] }),
  };
}

/** As clients may see them: who knows a webhook's address may write to its channel. */
function withoutSecrets(settings: Settings): Settings {
  return { ...settings, noticeHooks: maskHooks(settings.noticeHooks) };
}

/** Settings are never a reason not to start: what cannot be read falls back to the defaults. */
function readSettings(store: Store, log: SettingsStoreOptions["log"]): Settings {
  const value = store.prepare("SELECT value FROM settings WHERE id = 1").get()?.["value"];
  if (value === undefined) return settingsSchema.parse({});
  try {
    return settingsSchema.parse(JSON.parse(String(value)));
  } catch (error) {
    log("The stored settings cannot be read; the defaults are used", { error: String(error) });
    return settingsSchema.parse({});
  }
}

/** A caller that names a field without a value means: leave it. */
function withoutUndefined(change: SettingsChange): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Partial<Settings>;
}
