import { MAX_ROW_BYTES } from "./row-rules.ts";

/** What an import takes. Handed in, so that tests reach the limits with small files. */
export interface ImportLimits {
  readonly maxFileBytes: number;
  readonly maxRowBytes: number;
  readonly maxRows: number;
  /** How many rejected rows are kept with their reasons; all are counted. */
  readonly maxKeptRejections: number;
}

export const importLimits: ImportLimits = {
  maxFileBytes: 500 * 1024 * 1024,
  maxRowBytes: MAX_ROW_BYTES,
  maxRows: 10_000_000,
  maxKeptRejections: 10_000,
};
