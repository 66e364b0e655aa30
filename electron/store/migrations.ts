import type { Migration } from "./migrate.ts";
import { firstTables } from "./migrations/0001-first-tables.ts";
import { samplesAndExports } from "./migrations/0002-samples-and-exports.ts";
import { gpuHistory } from "./migrations/0010-gpu-history.ts";
import { queueAndHistory } from "./migrations/0011-queue-and-history.ts";
import { costLedger } from "./migrations/0012-cost-ledger.ts";
import { noticesAndHealth } from "./migrations/0013-notices-and-health.ts";
import { metricsBlocks } from "./migrations/0014-metrics-blocks.ts";
import { sync } from "./migrations/0015-sync.ts";
import { transfers } from "./migrations/0016-transfers.ts";
import { sharedRows } from "./migrations/0017-shared-rows.ts";
import { refusedBlocks } from "./migrations/0018-refused-blocks.ts";

/** In order; the position (from 1) is the schema version. Released ones are never edited. */
export const migrations: readonly Migration[] = [
  firstTables,
  samplesAndExports,
  gpuHistory,
  queueAndHistory,
  costLedger,
  noticesAndHealth,
  metricsBlocks,
  sync,
  transfers,
  sharedRows,
  refusedBlocks,
];
