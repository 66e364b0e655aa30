import type { Pool, PoolClient } from "pg";
import type { Caller } from "../api-keys.ts";

/** Passes row-level security: what the server looks up for itself, not for a caller. */
export const THE_SERVER: Caller = { role: "service_role", claims: { role: "service_role" } };

export interface RunOptions {
  /** Take everything back at the end: to learn whether it would be allowed. */
  isTrial?: boolean;
  /** Deleting rows of the storage tables is refused to everybody else. */
  mayDelete?: boolean;
}

/** Runs statements in one transaction as the caller's role, so that the policies decide. */
export async function runAsCaller<T>(
  pool: Pool,
  caller: Caller,
  work: (client: PoolClient) => Promise<T>,
  { isTrial = false, mayDelete = false }: RunOptions = {},
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin");
    await client.query(
      `select set_config('request.jwt.claims', $1, true),
              set_config('storage.allow_delete_query', $2, true),
              set_config('role', $3, true)`,
      [JSON.stringify(caller.claims), String(mayDelete), caller.role],
    );
    const result = await work(client);
    await client.query(isTrial ? "rollback" : "commit");
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given to the next caller.
    await client.query("rollback").catch((broken: Error) => (failure = broken));
    throw error;
  } finally {
    client.release(failure);
  }
}
