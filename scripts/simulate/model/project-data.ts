import type { SyncTable } from "../../../shared/contract/sync.ts";

export type ServerRow = Record<string, unknown> & { id: string; user_id: string };

/** A row of sync_changes. */
export interface FeedRow {
  id: number;
  xid: number;
  epoch: string;
  userId: string;
  table: SyncTable;
  rowId: string;
  opId: string | null;
  action: "insert" | "update" | "delete";
  columns: string[];
  previous: Record<string, unknown> | null;
}

/** Everything that a backup of the project holds. */
export interface ProjectData {
  rows: Record<SyncTable, Map<string, ServerRow>>;
  /** By job and step. */
  metrics: Map<string, Map<number, Record<string, unknown>>>;
  feed: FeedRow[];
  nextFeedId: number;
  nextXid: number;
}

export function emptyProjectData(): ProjectData {
  return {
    rows: {
      datasets: new Map(),
      training_jobs: new Map(),
      model_artifacts: new Map(),
      cost_records: new Map(),
      notifications: new Map(),
    },
    metrics: new Map(),
    feed: [],
    nextFeedId: 1,
    nextXid: 1,
  };
}
