/*
 * Points that the project refused, by block of their curve (see sync_metrics): the rest of the curve
 * goes on. A block that has changed since (another generation) is tried again.
 */
export const refusedBlocks = `
DROP TABLE sync_metrics_refused;
CREATE TABLE sync_metrics_refused (
  job_id TEXT NOT NULL,
  -- -1: the whole curve, for what is wrong with its job.
  block INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  reason TEXT NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (job_id, block)
) STRICT, WITHOUT ROWID;
`;
