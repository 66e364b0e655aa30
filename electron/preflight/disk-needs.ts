/** Adapter and AdamW's two moments, in float32. */
const CHECKPOINT_BYTES_PER_PARAMETER = 12;
const ADAPTER_BYTES_PER_PARAMETER = 4;
/** Two are kept, and the next one is written beside them before the older is removed. */
const CHECKPOINTS_AT_ONCE = 3;
/** Ids and positions of what is learnt, four bytes each. */
const CACHE_BYTES_PER_TOKEN = 8;
/** Events, log, power and the configuration of a run. */
const RECORDS_BYTES = 50_000_000;

export function checkpointBytes(trainedParameters: number): number {
  return trainedParameters * CHECKPOINT_BYTES_PER_PARAMETER;
}

/** The most that a run folder takes at any moment. */
export function diskNeeds(trainedParameters: number, datasetTokens: number): number {
  const checkpoints = checkpointBytes(trainedParameters) * CHECKPOINTS_AT_ONCE;
  // The best weights are kept beside the last ones until the end.
  const adapters = trainedParameters * ADAPTER_BYTES_PER_PARAMETER * 2;
  return Math.ceil(checkpoints + adapters + datasetTokens * CACHE_BYTES_PER_TOKEN + RECORDS_BYTES);
}
