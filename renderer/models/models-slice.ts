import type { BaseModel, ModelLibrary, ReadyModel } from "../../shared/contract/models.ts";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type ModelsSlice = { readonly modelLibrary: Loadable<ModelLibrary> };

export const emptyModelsSlice: ModelsSlice = { modelLibrary: LOADING };

export function readyModels(models: readonly BaseModel[]): readonly ReadyModel[] {
  return models.filter((model): model is ReadyModel => model.status === "ready");
}
