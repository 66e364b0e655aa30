import type { DatasetStatistics } from "../../shared/contract/datasets.ts";
import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import type { DataSummary } from "../../shared/contract/run-folder.ts";

/** Of running text in most languages with Latin letters; templates add some, tables have more. */
const CHARACTERS_PER_TOKEN = 4;

export interface ExpectedSteps {
  steps: number;
  /** That the run reads in all its steps. */
  tokens: number;
  trainRows: number;
  datasetTokens: number;
  longestTokens: number;
  /** Counted by an earlier run, or reckoned from the characters. */
  isCounted: boolean;
}

/**
 * @param counted what the trainer found in this very dataset with the same model and lengths.
 * @param processes that train together.
 */
export function expectSteps(
  statistics: DatasetStatistics,
  settings: Hyperparameters,
  counted: DataSummary | null,
  processes: number,
): ExpectedSteps {
  const longest = Math.ceil(statistics.longestRowCharacters / CHARACTERS_PER_TOKEN);
  const rows = Math.max(1, statistics.rows - statistics.duplicates);
  const trainRows =
    counted?.train_rows ?? Math.max(1, Math.round(rows * (1 - settings.validation_share)));
  const perRow = Math.min(
    settings.max_sequence_tokens,
    statistics.characters / Math.max(1, statistics.rows) / CHARACTERS_PER_TOKEN,
  );
  const trainTokens = counted?.train_tokens ?? perRow * trainRows;
  const rowsPerStep = settings.gradient_accumulation_steps * processes;
  const stepsPerEpoch = Math.max(
    1,
    Math.ceil(Math.ceil(trainRows / settings.batch_size) / rowsPerStep),
  );
  // Rounded first, as the trainer does: 3 × ⅓ of an epoch must not become a step more.
  const ofEpochs = Math.max(1, Math.ceil(Number((settings.epochs * stepsPerEpoch).toFixed(6))));
  const steps = Math.min(ofEpochs, settings.max_steps ?? ofEpochs);
  return {
    steps,
    tokens: (trainTokens * steps) / stepsPerEpoch,
    trainRows,
    datasetTokens: counted === null ? perRow * rows : trainTokens,
    longestTokens: Math.max(1, Math.min(settings.max_sequence_tokens, longest)),
    isCounted: counted !== null,
  };
}
