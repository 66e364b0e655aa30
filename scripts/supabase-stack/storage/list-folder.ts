import type { Pool } from "pg";
import type { Caller } from "../api-keys.ts";
import { runAsCaller } from "./run-as-caller.ts";
import { badRequest } from "./storage-error.ts";

export interface ListRequest {
  prefix?: string;
  search?: string;
  limit?: number;
  offset?: number;
  sortBy?: { column?: string; order?: string };
}

/** An object, or, with nulls for all but its name, a folder. */
export interface FolderEntry {
  name: string;
  id: string | null;
  created_at: Date | null;
  updated_at: Date | null;
  last_accessed_at: Date | null;
  metadata: unknown;
}

const SORTABLE = ["name", "created_at", "updated_at", "last_accessed_at"];

/** What lies directly in a folder, as far as the caller may see it. */
export async function listFolder(
  pool: Pool,
  caller: Caller,
  bucketId: string,
  request: ListRequest,
): Promise<FolderEntry[]> {
  const { search = "", limit = 100, offset = 0, sortBy } = request;
  const column = sortBy?.column ?? "name";
  const order = sortBy?.order ?? "asc";
  if (!SORTABLE.includes(column)) throw badRequest("InvalidRequest", `cannot sort by ${column}`);
  if (order !== "asc" && order !== "desc") {
    throw badRequest("InvalidRequest", `cannot order by ${order}`);
  }
  const folder = (request.prefix ?? "").replace(/\/?$/, "/").replace(/^\/$/, "");
  const { rows } = await runAsCaller(pool, caller, (client) =>
    client.query<FolderEntry>(
      `with inside as (
         select *, substr(name, length($2) + 1) as rest
         from storage.objects
         where bucket_id = $1 and starts_with(name, $2)
           and starts_with(lower(substr(name, length($2) + 1)), lower($3))
       ), entries as (
         select rest as name, id, created_at, updated_at, last_accessed_at, metadata
         from inside where strpos(rest, '/') = 0
         union all
         select distinct split_part(rest, '/', 1), null::uuid, null::timestamptz,
           null::timestamptz, null::timestamptz, null::jsonb
         from inside where strpos(rest, '/') > 0
       )
       select * from entries
       order by ${column === "name" ? "" : "(id is not null),"} ${column} ${order}, name
       limit $4 offset $5`,
      [bucketId, folder, search, limit, offset],
    ),
  );
  return rows;
}
