import { randomBytes, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../shared/app-error.ts";
import type { CoreClient } from "../shared/contract/contract.ts";
import type { AppInfo } from "../shared/contract/settings.ts";
import { openAccounts } from "./accounts/open-accounts.ts";
import { type CorePartsOptions, openCoreParts } from "./core-parts.ts";
import { Access } from "./gateway/access.ts";
import { createDispatch, type Dispatch } from "./gateway/dispatch.ts";
import { FileRegister } from "./gateway/file-register.ts";
import { openHttpServer } from "./gateway/http-server.ts";
import { Hub } from "./gateway/hub.ts";
import { createLocalClient } from "./gateway/local-client.ts";
import { sessionFile } from "./gateway/session-file.ts";
import { Uploads } from "./gateway/uploads.ts";
import { removeCoreAddress, writeCoreAddress } from "./home/core-address.ts";
import { acquireCoreLock } from "./home/core-lock.ts";
import { openCoreLog } from "./home/core-log.ts";
import { createHome } from "./home/home-folder.ts";
import { openWorkstation } from "./home/workstation.ts";
import { createSampleTraining } from "./quickstart/sample-training.ts";
import type { MachineSettings } from "./settings/machine-settings.ts";
import type { Store } from "./store/open-store.ts";
import { createProjectCheck } from "./sync/check-project.ts";
import { openAccount, openAccountStore } from "./workspace/account-store.ts";
import { refuseWhileBusy } from "./workspace/busy-with.ts";
import { closeAll } from "./workspace/close-all.ts";
import { workspaceHandlers } from "./workspace/workspace-handlers.ts";
import { openWorkspace } from "./workspace/workspace.ts";
import { WorkspaceSwitch } from "./workspace/workspace-switch.ts";

const CATCH_UP_MS = 3000;

export interface CoreOptions extends CorePartsOptions {
  shell: AppInfo["shell"];
  /** The built window to serve to browsers; null where there is none to serve. */
  rendererPath: string | null;
  /** Has this core started with the user's session, or no longer; the desktop does it itself. */
  setLoginStart?: (isOn: boolean) => Promise<unknown>;
  /** Loopback port; 0 lets the system choose. */
  port: number;
}

export interface Core {
  readonly dispatch: Dispatch;
  readonly hub: Hub;
  readonly client: CoreClient;
  readonly files: FileRegister;
  readonly url: string;
  /** A link that opens the window in a browser, once. */
  issueLink(): string;
  /** Settles when no other program or window is connected to this core. */
  whenIdle(): Promise<void>;
  /** Ends the core. Running trainings go on and are found again by the next one. */
  close(): Promise<void>;
}

/**
 * Builds everything that runs outside the window, in the one process that holds the data folder.
 *
 * @throws AppError `conflict` with `details.isRunning` when another core holds it.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { homePath } = options;
  createHome(homePath);
  const lock = acquireCoreLock(homePath);
  if (lock === null) {
    throw new AppError("conflict", `LoRA Desk is already running on the data folder ${homePath}.`, {
      details: { isRunning: true },
    });
  }
  const closers: (() => void | Promise<void>)[] = [() => lock.release()];
  const close = () => closeAll(closers);
  try {
    return await build(options, closers, close);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function build(
  options: CoreOptions,
  closers: (() => void | Promise<void>)[],
  close: () => Promise<void>,
): Promise<Core> {
  const { homePath } = options;
  const coreLog = openCoreLog(homePath);
  closers.push(() => coreLog.close());
  const log = coreLog.write;
  // Before there is a database: one of before tells what the machine was called then.
  const workstation = await openWorkstation({ homePath, hostName: hostname(), log });
  const hub = new Hub();
  const files = new FileRegister();
  const uploads = new Uploads(join(homePath, "uploads"), files);
  await uploads.prepare();

  const accounts = await openAccounts({
    homePath,
    secretBox: options.secretBox ?? null,
    fetch,
    createId: () => randomUUID(),
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    publish: hub.publish,
    log,
    files: {
      busyWith: () => workspaces.use(({ parts }) => parts.busyWith()),
      open: (accountId, meanwhile) =>
        workspaces.replace({
          accountId,
          mayClose: ({ parts }) => refuseWhileBusy(parts.busyWith()),
          meanwhile,
        }),
    },
    onSessionChanged: () => {
      workspaces
        .use(({ parts }) => parts.sessionChanged())
        .catch((error: unknown) =>
          log("Sync did not hear of the session", { error: String(error) }),
        );
    },
  });
  const open = (accountId: string | null, settings: MachineSettings | null) =>
    openWorkspace({
      accountId,
      hub,
      openStore: () =>
        openAccountStore({ homePath, accounts, accountId, settings, now: () => new Date(), log }),
      open: async (store, partsHub, partClosers) => {
        const account = accountId === null ? null : openAccount(accounts, accountId);
        const base = { account, store, hub: partsHub, files, workstation, log };
        const parts = openCoreParts(options, base, partClosers);
        // Whoever asks first is to hear how the runs fared meanwhile, unless that is a long story.
        await Promise.race([parts.caughtUp(), delay(CATCH_UP_MS, undefined, { ref: false })]);
        return parts;
      },
    });
  const workspaces = new WorkspaceSwitch(await open(accounts.activeId, null), open);
  closers.push(() => workspaces.close());

  // The sample's flow is a client of the very core that it belongs to.
  const client: CoreClient = {
    request: (method, params) => localClient.request(method, params),
    subscribe: (topic, listener, key) => hub.subscribe(topic, listener, key),
  };
  let isAtLogin: boolean | null = null;
  hub.subscribe("settings.changed", ({ isStartedAtLogin }) => {
    if (isStartedAtLogin === isAtLogin) return;
    isAtLogin = isStartedAtLogin;
    options.setLoginStart?.(isStartedAtLogin).catch((error: unknown) => {
      log("Starting at login could not be set", { error: String(error) });
    });
  });
  const startedAt = new Date().toISOString();
  const dispatch = createDispatch(
    {
      ...workspaceHandlers(workspaces),
      ...createSampleTraining({ client, publish: hub.publish, log }),
      ...createProjectCheck({ supabasePath: options.supabasePath, fetch }).requests,
      ...accounts.requests,
      "app.info": () =>
        workspaces.use(({ store }) => ({
          ...describeApp(options, store, startedAt),
          workstation,
        })),
      "files.choose": () => {
        throw new AppError("unsupported", "Only the desktop app can open a file dialog.");
      },
      "settings.chooseLlamaCpp": () => {
        throw new AppError(
          "unsupported",
          "Only the desktop app can open a folder dialog. On this machine's command line: lora-desk env llama-cpp DIR",
        );
      },
    },
    log,
  );
  const localClient = createLocalClient(dispatch, hub);

  const secret = randomBytes(32).toString("base64url");
  const access = new Access(secret, sessionFile(join(homePath, "sessions.json")));
  const { rendererPath, port } = options;
  const server = await openHttpServer({ dispatch, hub, access, uploads, rendererPath, port });
  closers.push(() => server.close());
  writeCoreAddress(homePath, { pid: process.pid, url: server.url, secret });
  closers.push(() => removeCoreAddress(homePath));
  log("Core opened", { shell: options.shell, url: server.url });

  const { url } = server;
  const issueLink = () => `${url}/?token=${access.issueToken()}`;
  const whenIdle = () => server.whenIdle();
  return { dispatch, hub, client: localClient, files, url, issueLink, whenIdle, close };
}

function describeApp(
  options: CoreOptions,
  store: Store,
  startedAt: string,
): Omit<AppInfo, "workstation"> {
  return {
    version: options.version,
    homePath: options.homePath,
    shell: options.shell,
    pid: process.pid,
    nodeVersion: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    hostName: hostname(),
    startedAt,
    store: {
      sqliteVersion: store.sqliteVersion,
      journalMode: store.journalMode,
      schemaVersion: store.schemaVersion,
    },
  };
}
