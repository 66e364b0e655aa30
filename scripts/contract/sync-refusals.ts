import { randomUUID } from "node:crypto";
import type { WindowClient } from "../../renderer/transport/window-client.ts";
import type { ErrorKind } from "../../shared/contract/errors.ts";

const KEY = "sb_publishable_contract";
const SECRET_KEY = "sb_secret_contract";
/** Port 1 is nobody's. */
const signIn = (anonKey: string) => ({
  url: "http://127.0.0.1:1",
  anonKey,
  email: "nobody@example.org",
  password: "a long password",
});

/** What no account is open for, and what the accounts' requests refuse. */
export const syncRefusals = (
  open: () => WindowClient,
): [string, () => Promise<unknown>, ErrorKind][] => [
  ["an unknown account", () => open().request("accounts.use", { id: randomUUID() }), "not_found"],
  ["local work into no account", () => open().request("accounts.adoptLocal", {}), "conflict"],
  [
    "the end of no session",
    () => open().request("accounts.signOut", { id: randomUUID() }),
    "not_found",
  ],
  ["a secret key", () => open().request("accounts.signIn", signIn(SECRET_KEY)), "invalid_input"],
  ["what is no key", () => open().request("accounts.signIn", signIn("key")), "invalid_input"],
  [
    "a project without encryption",
    () =>
      open().request("accounts.sendCode", { ...signIn(KEY), url: "http://project.example.org" }),
    "invalid_input",
  ],
  [
    "what is no address",
    () => open().request("accounts.sendCode", { ...signIn(KEY), email: "nobody" }),
    "invalid_input",
  ],
  [
    "a project that does not answer",
    () => open().request("accounts.signIn", signIn(KEY)),
    "unavailable",
  ],
  [
    "a code of a project that does not answer",
    () => open().request("accounts.enterCode", { ...signIn(KEY), code: "123456" }),
    "unavailable",
  ],
  ["sync without an account", () => open().request("sync.now", {}), "conflict"],
  ["a pause of nothing", () => open().request("sync.pause", { isPaused: true }), "conflict"],
  ["a retry of nothing", () => open().request("sync.retry", { opId: randomUUID() }), "not_found"],
  [
    "an export of no change",
    () => open().request("sync.export", { opId: randomUUID() }),
    "not_found",
  ],
  [
    "a discard of no change",
    () => open().request("sync.discard", { opId: randomUUID() }),
    "not_found",
  ],
  [
    "what is not there, kept local",
    () =>
      open().request("sync.setKeepLocal", {
        table: "datasets",
        id: randomUUID(),
        isKeptLocal: true,
      }),
    "not_found",
  ],
  [
    "an upload without an account",
    () => open().request("transfers.upload", { table: "datasets", rowId: randomUUID() }),
    "conflict",
  ],
  [
    "a download without an account",
    () => open().request("transfers.download", { table: "datasets", rowId: randomUUID() }),
    "conflict",
  ],
  ["no transfer", () => open().request("transfers.cancel", { id: randomUUID() }), "not_found"],
  [
    "the curve of a job elsewhere without an account",
    () => open().request("elsewhere.metrics", { jobId: randomUUID(), pixels: 100 }),
    "conflict",
  ],
  [
    "a wish for a job elsewhere without an account",
    () =>
      open().request("elsewhere.setDesiredState", {
        jobId: randomUUID(),
        desiredState: "stopped",
      }),
    "conflict",
  ],
  ["a team without an account", () => open().request("teams.create", { name: "x" }), "conflict"],
  [
    "sharing without an account",
    () => open().request("teams.share", { jobId: randomUUID(), teamId: null }),
    "conflict",
  ],
];

/** What is answered where nobody has signed in. */
export const answersWithoutAccount = [
  ["accounts.list", { activeId: null, accounts: [] }],
  ["sync.status", { state: "off", lastError: null }],
  ["sync.quarantine", []],
  ["sync.overwritten", []],
  ["sync.keptLocal", { datasets: [], jobs: [] }],
  ["transfers.list", []],
  ["elsewhere.list", { datasets: [], jobs: [], artifacts: [], members: [] }],
  ["teams.list", null],
  ["teams.shared", []],
] as const;
