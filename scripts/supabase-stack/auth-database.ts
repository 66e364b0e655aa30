import { Connection } from "@supabase/lite";
import { Kysely, PostgresDialect } from "kysely";
import { Pool, types } from "pg";

/**
 * The connection that @supabase/lite's auth stores users and sessions through. Its own one for
 * PostgreSQL needs a second driver; auth asks for no more than a query builder and transactions,
 * which `pg` gives as well.
 */
export class AuthDatabase extends Connection<Pool> {
  readonly driver: Pool;
  readonly dialect = "postgres";

  constructor(url: string) {
    super({});
    this.driver = new Pool({
      connectionString: url,
      max: 4,
      // Its columns without a time zone hold UTC, whatever the zone of this machine.
      types: {
        getTypeParser: (oid, format) =>
          oid === types.builtins.TIMESTAMP && format !== "binary"
            ? (text: string) => new Date(`${text.replace(" ", "T")}Z`)
            : types.getTypeParser(oid, format),
      },
    });
    // A connection lost while idle is replaced by the next request; without this it would end us.
    this.driver.on("error", () => undefined);
    this.kysely = new Kysely({ dialect: new PostgresDialect({ pool: this.driver }) });
  }

  /** For making the schema, which we do ourselves, and for its REST API, which is switched off. */
  introspect(): never {
    throw new Error("Auth needs no description of the database.");
  }

  async close(): Promise<void> {
    await this.kysely.destroy();
  }
}
