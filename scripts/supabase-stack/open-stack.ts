import { ApiKeys } from "./api-keys.ts";
import type { AuthServer, AuthSettings, Mail } from "./auth-server.ts";
import { startOnFreePort } from "./free-port.ts";
import { openGateway } from "./gateway.ts";
import type { Gateway } from "./gateway.ts";
import { recordProcess } from "./leftover-processes.ts";
import { SUPERUSER, openPostgres } from "./postgres.ts";
import { openPostgrest } from "./postgrest.ts";
import { applyMigration, prepareDatabase } from "./prepare-database.ts";
import { openProjectKeys } from "./project-keys.ts";
import type { Log } from "./server-process.ts";
import { openStackFolder } from "./stack-folder.ts";
import { StorageServer } from "./storage/storage-server.ts";

export interface StackOptions {
  /** Keep the data here; without it the data is temporary and thrown away at the end. */
  folder?: string;
  /** Empty that folder first. */
  isFresh?: boolean;
  /** Of the address that clients talk to; without it any free one. */
  port?: number;
  /** SQL files, applied in this order as the role `postgres`, at every start. */
  migrations?: readonly string[];
  auth?: AuthSettings;
  /** The project's file limit, which beats the buckets' (50 MB on hosted free plans). Default none. */
  projectMaxBytes?: number;
  log?: Log;
  /** Told of every mail that auth "sends"; they stay with `mailsTo` as well. */
  onMail?: (address: string, mail: Mail) => void;
}

export interface Stack {
  apiUrl: string;
  /** As the role `postgres`, which migrations run as: it passes row-level security. */
  dbUrl: string;
  /** As the superuser, which no hosted project hands out. */
  adminDbUrl: string;
  anonKey: string;
  serviceRoleKey: string;
  publishableKey: string;
  secretKey: string;
  jwtSecret: string;
  /** What auth "sent" to an address: nothing leaves the machine. */
  mailsTo(address: string): Mail[];
  close(): Promise<void>;
}

/**
 * Starts a Supabase-compatible project on the loopback address: PostgreSQL, PostgREST, auth,
 * storage and a gateway. What has started is stopped again if a later part fails.
 */
export async function openStack(options: StackOptions = {}): Promise<Stack> {
  const { migrations = [], auth: authSettings = {}, projectMaxBytes = Infinity } = options;
  const { log = () => undefined, onMail = () => undefined } = options;
  const closing: (() => void | Promise<void>)[] = [];
  async function close(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of closing.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
  // The slowest module of all loads while PostgreSQL makes its data folder.
  const loading = import("./auth-server.ts");
  loading.catch(() => undefined);

  try {
    const stackFolder = await openStackFolder(options.folder, options.isFresh ?? false);
    const { path: folder, isThrownAway } = stackFolder;
    closing.push(() => stackFolder.close());
    const keys = await openProjectKeys(folder);

    const password = keys.databasePassword;
    const postgres = await openPostgres({ folder, password, isThrownAway, log });
    closing.push(() => postgres.close());
    await recordProcess(folder, postgres.process);
    await prepareDatabase(postgres, password);
    for (const path of migrations) await applyMigration(postgres, path);

    const postgrest = await openPostgrest(postgres.urlOf("authenticator"), keys.jwtSecret, log);
    closing.push(() => postgrest.close());
    await recordProcess(folder, postgrest.process);

    const apiKeys = new ApiKeys(keys);
    const storage = new StorageServer({
      databaseUrl: postgres.urlOf("supabase_storage_admin"),
      folder,
      apiKeys,
      jwtSecret: keys.jwtSecret,
      projectMaxBytes,
    });
    closing.push(() => storage.close());
    await storage.open();

    const { openAuthServer } = await loading;
    async function openDoor(port: number): Promise<[string, AuthServer, Gateway]> {
      const url = `http://127.0.0.1:${port}`;
      const authUrl = postgres.urlOf("supabase_auth_admin");
      const auth = openAuthServer(authUrl, keys.jwtSecret, url, authSettings, onMail);
      const parts = { apiKeys, postgrestPort: postgrest.port, auth, storage };
      try {
        return [url, auth, await openGateway({ port, ...parts })];
      } catch (error) {
        await auth.close();
        throw error;
      }
    }
    const { port } = options;
    const [apiUrl, auth, gateway] = await (port === undefined
      ? startOnFreePort(openDoor)
      : openDoor(port));
    closing.push(() => auth.close());
    closing.push(() => gateway.close());

    const { anonKey, serviceRoleKey, publishableKey, secretKey, jwtSecret } = keys;
    return {
      apiUrl,
      dbUrl: postgres.urlOf("postgres"),
      adminDbUrl: postgres.urlOf(SUPERUSER),
      anonKey,
      serviceRoleKey,
      publishableKey,
      secretKey,
      jwtSecret,
      mailsTo: (address) => auth.mailsTo(address),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
