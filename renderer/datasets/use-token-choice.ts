import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { sectionOf } from "./row-sections.ts";
import type { RowSection } from "./row-sections.ts";

/** As many rows as one looks at together. */
export const TOKEN_ROWS = 10;

export type LongRows = Hyperparameters["long_rows"];

export type TokenChoice = {
  readonly modelId: string | null;
  readonly chooseModel: (id: string) => void;
  readonly maxSequenceTokens: number;
  readonly setMaxSequenceTokens: (tokens: number) => void;
  readonly longRows: LongRows;
  readonly setLongRows: (longRows: LongRows) => void;
  readonly section: RowSection;
  /** The row that the address names, counted from 0; null when it names none. */
  readonly wanted: number | null;
  readonly goTo: (index: number) => void;
};

/**
 * Which rows are looked at, and as which training would read them: by the model and the settings of
 * the newest job on this dataset, until something else is chosen.
 */
export function useTokenChoice(dataset: ReadyDataset, models: readonly ReadyModel[]): TokenChoice {
  const navigate = useNavigate();
  const { model, row } = useSearch({ strict: false });
  const newest = useDesk((state) =>
    valueOr(state.jobs, []).find((job) => job.dataset.id === dataset.id),
  );
  const settings = newest?.hyperparameters ?? HYPERPARAMETER_PRESETS.balanced;
  const [length, setLength] = useState<number | null>(null);
  const [longRows, setLongRows] = useState<LongRows | null>(null);
  const chosen =
    models.find(({ id }) => id === model) ??
    models.find(({ path }) => path === newest?.baseModel.path) ??
    models[0];
  const show = (change: { readonly model?: string; readonly row?: number }): void => {
    void navigate({
      to: "/datasets/$datasetId",
      params: { datasetId: dataset.id },
      search: {
        tab: "tokens",
        ...(model === undefined ? {} : { model }),
        ...(row === undefined ? {} : { row }),
        ...change,
      },
      replace: true,
    });
  };
  return {
    modelId: chosen?.id ?? null,
    chooseModel: (id) => show({ model: id }),
    maxSequenceTokens: length ?? settings.max_sequence_tokens,
    setMaxSequenceTokens: setLength,
    longRows: longRows ?? settings.long_rows,
    setLongRows,
    section: sectionOf((row ?? 1) - 1, dataset.statistics.rows, TOKEN_ROWS),
    wanted: row === undefined ? null : Math.min(row, dataset.statistics.rows) - 1,
    goTo: (index) => show({ row: index + 1 }),
  };
}
