/** What went wrong and what to do about it. */
export interface AgentError {
  message: string;
  remedy: string;
  /** PostgREST's or PostgreSQL's own code, where it was one of them that refused. */
  code?: string;
}
export type AgentAnswer<T> = { success: true; data: T } | { success: false; error: AgentError };

export type Operator =
  | "eq"
  | "neq"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "like"
  | "ilike"
  | "is"
  | "in"
  | "contains";

export interface QueryOptions {
  table: string;
  /** As PostgREST writes it: "id,name,training_jobs(status)". Default: all columns. */
  select?: string;
  /** `{status: "ready"}` is short for `[{column: "status", operator: "eq", value: "ready"}]`. */
  where?: Record<string, unknown> | { column: string; operator?: Operator; value: unknown }[];
  orderBy?: { column: string; asc?: boolean }[];
  /** At most 1000: PostgREST gives no more at once. */
  limit?: number;
}

export interface TableSchema {
  columns: { name: string; type: string; nullable: boolean; default: string | null }[];
  primaryKey: string[];
  foreignKeys: {
    column: string;
    referencedSchema: string;
    referencedTable: string;
    referencedColumn: string;
  }[];
  indexes: { name: string; definition: string }[];
  rlsEnabled: boolean;
  policies: {
    name: string;
    command: "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "ALL";
    roles: string[];
    using: string | null;
    check: string | null;
  }[];
}

export interface PreflightIssue {
  /** The environment variable, or the service, that is at fault. */
  subject: string;
  problem: string;
  remedy: string;
}

/** Reads rows with the service-role key, past row-level security. */
export function agentQuery(options: QueryOptions): Promise<AgentAnswer<Record<string, unknown>[]>>;

/** Reads a table of the schema `public` from the database's catalogue. */
export function agentIntrospectSchema(options: {
  table: string;
  transport?: "pg";
}): Promise<AgentAnswer<TableSchema>>;

/** Are the variables there, do they belong together, and does each service answer to its key? */
export function agentPreflight(options?: {
  envFile?: string;
}): Promise<AgentAnswer<{ url: string; issues: PreflightIssue[] }>>;
