import { existsSync } from "node:fs";
import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { Account, Accounts } from "../../shared/contract/accounts.ts";
import { refuseWhileBusy } from "../workspace/busy-with.ts";
import { parseProjectUrl, requirePublishableKey } from "../sync/project-address.ts";
import { databasePath, sessionPath } from "./account-paths.ts";
import { AccountSession } from "./account-session.ts";
import { type AccountEntry, AccountsFile } from "./accounts-file.ts";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import { adoptLocal, finishAdoption, requireAdoption } from "./adopt-local.ts";
import { localWork, lookInto, NO_WORK, unsynced } from "./look-into-file.ts";
import { type Grant, openProjectAuth, type ProjectAuth } from "./project-auth.ts";
import type { SecretBox } from "./secret-box.ts";
import { openTokenFile } from "./session-tokens.ts";

export type AccountMethod =
  | "accounts.list"
  | "accounts.signIn"
  | "accounts.sendCode"
  | "accounts.enterCode"
  | "accounts.use"
  | "accounts.adoptLocal"
  | "accounts.signOut";

export interface AccountsOptions {
  homePath: string;
  /** Null where the system has no keychain, or none that we may use. */
  secretBox: SecretBox | null;
  fetch: typeof fetch;
  createId: () => string;
  now: () => Date;
  monotonicMs: () => number;
  publish: Publish;
  log: (message: string, details?: Record<string, unknown>) => void;
  files: {
    /** What the open file's parts are at that must not be cut off; null where it may be closed. */
    busyWith(): Promise<string | null>;
    /** Opens another file; `meanwhile` is done while none is open. */
    open(accountId: string | null, meanwhile: () => Promise<void>): Promise<void>;
  };
  /** The session of the open file has ended or begun: whoever syncs looks again. */
  onSessionChanged: () => void;
}

export interface OpenAccounts {
  readonly requests: Handlers<AccountMethod>;
  /** Whose file is to be open. */
  readonly activeId: string | null;
  entry(accountId: string): AccountEntry;
  session(accountId: string): AccountSession;
}

/** The accounts of this machine. Adoptions that a crash has cut short are ended first. */
export async function openAccounts(options: AccountsOptions): Promise<OpenAccounts> {
  const { homePath, files, publish, log } = options;
  const known = new AccountsFile(homePath);
  await finishAdoption(options, known);
  const sessions = new Map<string, AccountSession>();
  let last: Promise<unknown> = Promise.resolve();

  /** One change of accounts after the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  function authOf(url: string, anonKey: string): ProjectAuth {
    return openProjectAuth(url, anonKey, options.fetch);
  }

  function session(accountId: string): AccountSession {
    const { id, projectUrl, userId } = known.find(accountId);
    const open = sessions.get(id);
    if (open !== undefined) return open;
    const opened = new AccountSession({
      projectUrl,
      userId,
      anonKey: () => known.keyOf(projectUrl),
      auth: () => authOf(projectUrl, known.keyOf(projectUrl)),
      file: openTokenFile(sessionPath(homePath, id), options.secretBox, log),
      monotonicMs: options.monotonicMs,
      log,
      onChanged: () => {
        publish("accounts.changed", list());
        if (id === known.list.activeId) options.onSessionChanged();
      },
    });
    sessions.set(id, opened);
    return opened;
  }

  function list(): Accounts {
    return {
      activeId: known.list.activeId,
      accounts: known.list.accounts.map(describe),
      local: look(null, NO_WORK, NO_WORK, localWork),
    };
  }

  function describe({ id, projectUrl, email, userId }: AccountEntry): Account {
    const { isSignedIn } = session(id);
    const owed = look(id, NOTHING_OWED, null, unsynced);
    return { id, projectUrl, email, userId, isSignedIn, unsynced: owed };
  }

  function look<T, F>(
    id: string | null,
    absent: T,
    unreadable: F,
    query: Parameters<typeof lookInto<T>>[2],
  ): T | F {
    try {
      return lookInto(databasePath(homePath, id), absent, query);
    } catch (error) {
      log("An account's file cannot be looked into", { id, error: String(error) });
      return unreadable;
    }
  }

  function hasLocalWork(): boolean {
    const { datasets, jobs } = list().local;
    return datasets + jobs > 0;
  }

  async function requireIdle(): Promise<void> {
    refuseWhileBusy(await files.busyWith());
  }

  function isOpen(url: string, email: string): boolean {
    const { accounts, activeId } = known.list;
    const active = accounts.find(({ id }) => id === activeId);
    return active?.projectUrl === url && active.email.toLowerCase() === email.toLowerCase();
  }

  async function open(id: string | null, adopts: boolean): Promise<void> {
    const before = known.list.activeId;
    try {
      await files.open(id, async () => {
        if (adopts && id !== null) {
          await known.change({ adoptingId: id });
          adoptLocal(options, id);
        }
        await known.change({ activeId: id, adoptingId: null });
      });
    } catch (error) {
      // The one before is open again.
      const { activeId, adoptingId } = known.list;
      if (activeId !== before || adoptingId !== null) {
        await known.change({ activeId: before, adoptingId: null }).catch((reason: unknown) => {
          log("The list of accounts could not be written", { error: String(reason) });
        });
      }
      throw error;
    }
    publish("accounts.changed", list());
  }

  /** After the server has let somebody in. */
  async function arrive(url: string, anonKey: string, grant: Grant, adopts: boolean) {
    const { userId, tokens } = grant;
    const id = known.of(url, userId)?.id ?? options.createId();
    const isToOpen = known.list.activeId !== id || (adopts && hasLocalWork());
    if (isToOpen) {
      try {
        await requireIdle();
      } catch (error) {
        // Nobody will use this session.
        await authOf(url, anonKey)
          .signOut(tokens.accessToken)
          .catch(() => log("A session could not be ended at the server"));
        throw error;
      }
    }
    await known.put({ id, projectUrl: url, userId, email: grant.email }, anonKey);
    await session(id).accept(tokens);
    if (isToOpen) {
      // A first sign-in takes the whole file along, with its settings; another one the work alone.
      const isFirst = !existsSync(databasePath(homePath, id));
      await open(id, adopts && (isFirst || hasLocalWork()));
    }
    return list();
  }

  /** Signing in again asks for no key: an empty one stands for the one that is known. */
  function keyFor(url: string, given: string): string {
    const anonKey = given === "" ? known.keyOf(url) : given;
    requirePublishableKey(anonKey);
    return anonKey;
  }

  function signIn(
    project: { url: string; anonKey: string; email: string },
    adopts: boolean,
    enter: (auth: ProjectAuth) => Promise<Grant>,
  ): Promise<Accounts> {
    return inTurn(async () => {
      const url = parseProjectUrl(project.url);
      const anonKey = keyFor(url, project.anonKey);
      // Signing in again to the open account closes nothing.
      if (!isOpen(url, project.email)) await requireIdle();
      const grant = await enter(authOf(url, anonKey));
      return arrive(url, anonKey, grant, adopts);
    });
  }

  return {
    get activeId() {
      return known.list.activeId;
    },
    entry: (accountId) => known.find(accountId),
    session,
    requests: {
      "accounts.list": () => list(),
      "accounts.signIn": ({ password, adoptLocal: adopts, ...project }) =>
        signIn(project, adopts, (auth) => auth.signIn(project.email, password)),
      "accounts.sendCode": async ({ url, anonKey, email }) => {
        const project = parseProjectUrl(url);
        await authOf(project, keyFor(project, anonKey)).sendCode(email);
        return null;
      },
      "accounts.enterCode": ({ code, adoptLocal: adopts, ...project }) =>
        signIn(project, adopts, (auth) => auth.enterCode(project.email, code)),
      "accounts.use": ({ id }) =>
        inTurn(async () => {
          if (id !== null) known.find(id);
          if (id === known.list.activeId) return list();
          await requireIdle();
          await open(id, false);
          return list();
        }),
      "accounts.adoptLocal": () =>
        inTurn(async () => {
          const id = requireAdoption(known.list.activeId, hasLocalWork());
          await requireIdle();
          await open(id, true);
          return list();
        }),
      "accounts.signOut": ({ id }) =>
        inTurn(async () => {
          await session(id).signOut();
          return list();
        }),
    },
  };
}
