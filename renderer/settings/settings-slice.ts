import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { Settings } from "../../shared/contract/settings.ts";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type SettingsSlice = {
  readonly settings: Loadable<Settings>;
  readonly environment: Loadable<EnvironmentStatus>;
};

export const emptySettingsSlice: SettingsSlice = { settings: LOADING, environment: LOADING };
