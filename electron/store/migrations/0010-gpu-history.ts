/** One row per GPU and minute in which it was sampled: means and greatest values. */
export const gpuHistory = `
CREATE TABLE gpu_history (
  gpu_uuid TEXT NOT NULL,
  -- Since 1970.
  minute INTEGER NOT NULL,
  samples INTEGER NOT NULL CHECK (samples > 0),
  utilization_percent REAL,
  utilization_peak_percent REAL,
  memory_used_mb REAL,
  memory_peak_mb REAL,
  temperature_c REAL,
  temperature_peak_c REAL,
  power_w REAL,
  power_peak_w REAL,
  PRIMARY KEY (gpu_uuid, minute)
) STRICT, WITHOUT ROWID;
`;
