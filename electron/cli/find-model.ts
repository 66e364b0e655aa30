import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { findByIdOrName } from "./find-by-id-or-name.ts";

/** A base model by its folder, or by its name or id in the library. */
export async function findModel(client: CoreClient, which: string): Promise<ReadyModel> {
  // The library names models by their real path, which a link may hide.
  const folder = await realpath(resolve(which)).catch(() => resolve(which));
  const isFolder = existsSync(folder) || /[\\/]/.test(which);
  const model = isFolder
    ? (await client.request("models.addFolder", { path: folder })).models.find(
        (candidate) => candidate.path === folder,
      )
    : findByIdOrName((await client.request("models.list", {})).models, which, "model");
  if (model?.status === "ready") return model;
  if (model?.status === "unusable") throw AppError.fromFailure(model.failure);
  if (model?.status === "building") {
    throw new AppError("conflict", `The base model “${model.name}” is still being made.`);
  }
  throw new AppError(
    "not_found",
    `${folder} holds no base model (config.json and *.safetensors). Name the model's own folder.`,
  );
}
