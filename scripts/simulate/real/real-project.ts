import { Client } from "pg";
import { migrationPaths } from "../../foundation/scratch-database.ts";
import { openStack, type Stack } from "../../supabase-stack/open-stack.ts";
import { emptyProjectData, type ProjectData } from "../model/project-data.ts";
import type { Project, ProjectReply } from "../project.ts";
import { ProjectCopy } from "./project-copy.ts";
import { readProject } from "./read-project.ts";
import { UserTokens } from "./user-tokens.ts";

/** Another user's session that is lent by mistake must be one that the project knows. */
export interface RealProjectParts {
  stack: Stack;
  /** As the superuser: looks past every policy, and may do what a hosted project's operator does. */
  database: Client;
  /** For a transaction that stays open. */
  bystander: Client;
  copy: ProjectCopy;
}

/**
 * PostgREST and PostgreSQL with our migrations, asked over HTTP. What they hold is read again after
 * each request, so that the oracles judge the tables themselves.
 */
export class RealProject implements Project {
  data: Pick<ProjectData, "rows" | "metrics" | "feed"> = emptyProjectData();
  epoch = "";
  readonly everDeleted = new Set<string>();
  readonly #parts: RealProjectParts;
  readonly #tokens: UserTokens;
  #isHeld = false;
  #isToBeCut = false;
  #restores = 0;

  constructor(parts: RealProjectParts) {
    this.#parts = parts;
    this.#tokens = new UserTokens(parts.stack.jwtSecret);
  }

  async begin(users: readonly string[]): Promise<void> {
    const { database, copy } = this.#parts;
    await this.releaseHorizon();
    this.#isToBeCut = false;
    this.#restores = 0;
    await copy.empty();
    await database.query("delete from auth.users");
    for (const id of users) {
      const email = `${id}@example.org`;
      await database.query("insert into auth.users (id, email) values ($1, $2)", [id, email]);
    }
    this.everDeleted.clear();
    await this.#look();
  }

  async answer(userId: string | null, name: string, body: string): Promise<ProjectReply | null> {
    const asked = this.#ask(userId, name, body);
    const isCut = this.#isToBeCut;
    this.#isToBeCut = false;
    if (isCut) await this.#cutConnections();
    const reply = await asked;
    if (isCut) await this.#untilBack();
    if (name !== "pull_changes") await this.#look();
    return reply;
  }

  async holdHorizon(): Promise<void> {
    if (this.#isHeld) return;
    this.#isHeld = true;
    await this.#parts.bystander.query("begin");
    await this.#parts.bystander.query("select pg_current_xact_id()");
  }

  async releaseHorizon(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    await this.#parts.bystander.query("rollback");
  }

  backUp(): Promise<void> {
    return this.#parts.copy.save();
  }

  async restore(): Promise<void> {
    await this.releaseHorizon();
    this.#restores += 1;
    await this.#parts.copy.bringBack(`another-epoch-${this.#restores}`);
    await this.#look();
  }

  /** While the next request is being carried out: that is where it hurts. */
  async restart(): Promise<void> {
    await this.releaseHorizon();
    this.#isToBeCut = true;
  }

  async close(): Promise<void> {
    const { stack, database, bystander } = this.#parts;
    await Promise.all([database.end(), bystander.end()]);
    await stack.close();
  }

  async #ask(userId: string | null, name: string, body: string): Promise<ProjectReply | null> {
    const { stack } = this.#parts;
    const token = await this.#tokens.of(userId);
    try {
      const response = await fetch(`${stack.apiUrl}/rest/v1/rpc/${name}`, {
        method: "POST",
        headers: {
          apikey: stack.publishableKey,
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
        },
        body,
      });
      return { status: response.status, body: await response.text() };
    } catch {
      return null;
    }
  }

  async #cutConnections(): Promise<void> {
    await this.#parts.database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'",
    );
  }

  /** PostgREST has a connection again. */
  async #untilBack(): Promise<void> {
    const someone = "00000000-0000-4000-8000-000000000000";
    for (let tries = 0; tries < 500; tries++) {
      const reply = await this.#ask(someone, "push_changes", '{"changes": []}');
      if (reply?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("PostgREST has not come back after its connections were cut.");
  }

  async #look(): Promise<void> {
    const { epoch, ...data } = await readProject(this.#parts.database);
    this.data = data;
    this.epoch = epoch;
    for (const { action, rowId } of data.feed) if (action === "delete") this.everDeleted.add(rowId);
  }
}

export async function openRealProject(): Promise<RealProject> {
  const stack = await openStack({ migrations: migrationPaths() });
  const database = new Client(stack.adminDbUrl);
  const bystander = new Client(stack.dbUrl);
  await Promise.all([database.connect(), bystander.connect()]);
  const copy = await ProjectCopy.of(database);
  return new RealProject({ stack, database, bystander, copy });
}
