import type { BaseModel, ReadyModel } from "../../shared/contract/models.ts";

export type BuildingModel = Extract<BaseModel, { status: "building" }>;
export type UnusableModel = Extract<BaseModel, { status: "unusable" }>;
export type TinyState = BaseModel["status"] | "absent";

export type ModelGroups = {
  /** Being made first, then by name. */
  readonly usable: readonly (BuildingModel | ReadyModel)[];
  readonly unusable: readonly UnusableModel[];
  readonly readyCount: number;
  readonly tiny: TinyState;
};

/** Puts what can be trained on apart from what was found but cannot be used. */
export function groupModels(models: readonly BaseModel[]): ModelGroups {
  const sorted = models.toSorted(byName);
  const building = sorted.filter((model) => model.status === "building");
  const ready = sorted.filter((model) => model.status === "ready");
  return {
    usable: [...building, ...ready],
    unusable: sorted.filter((model) => model.status === "unusable"),
    readyCount: ready.length,
    tiny: models.find(({ origin }) => origin === "tiny")?.status ?? "absent",
  };
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Two copies of a model have one name, so the path decides between them. */
function byName(a: BaseModel, b: BaseModel): number {
  return collator.compare(a.name, b.name) || collator.compare(a.path, b.path);
}
