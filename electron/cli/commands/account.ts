import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { Account, Accounts } from "../../../shared/contract/accounts.ts";
import { localWorkWords } from "../../../shared/local-work-words.ts";
import { notInProjectWords, signedOutWords } from "../../../shared/not-in-project-words.ts";
import { askSecret } from "../ask-secret.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { table } from "../terminal.ts";

interface LoginOptions {
  url: string;
  key: string;
  email: string;
  sendCode?: boolean;
  code?: string;
  adopt?: boolean;
  json?: boolean;
}

/** `login`, `logout`, `accounts`: who syncs, and whose file is open. */
export function addAccountCommands(program: Command, run: RunWithCore): void {
  program
    .command("login")
    .description("sign in to a project; the password is asked for, or read from standard input")
    .requiredOption("--url <url>", "the project's address: https://<project>.supabase.co")
    .requiredOption("--key <key>", "its publishable (or anon) key")
    .requiredOption("--email <address>", "your address there")
    .option("--send-code", "have a code sent by mail instead of using a password")
    .option("--code <code>", "sign in with the code that came by mail")
    .option("--adopt", "take the local work without an account along into this one")
    .option("--json", "print one JSON line")
    .action((options: LoginOptions) =>
      run(options, async ({ core: { client }, isJson }) => {
        const project = { url: options.url, anonKey: options.key, email: options.email };
        if (options.sendCode === true) {
          await client.request("accounts.sendCode", project);
          print(
            isJson,
            { ok: true },
            () => `A code is on its way to ${options.email}. Give it with: login … --code CODE`,
          );
          return;
        }
        const adoptLocal = options.adopt ?? false;
        const accounts =
          options.code === undefined
            ? await client.request("accounts.signIn", {
                ...project,
                password: await askSecret(`Password of ${options.email}: `),
                adoptLocal,
              })
            : await client.request("accounts.enterCode", {
                ...project,
                code: options.code,
                adoptLocal,
              });
        print(isJson, { ok: true, ...accounts }, () => describeOpen(accounts));
      }),
    );
  program
    .command("logout [account]")
    .description("end the session; the account's file and what waits in it stay on this machine")
    .option("--json", "print one JSON line")
    .action((wanted: string | undefined, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const { id, email } = findAccount(await client.request("accounts.list", {}), wanted);
        const accounts = await client.request("accounts.signOut", { id });
        const unsynced = accounts.accounts.find((account) => account.id === id)?.unsynced ?? null;
        print(
          isJson,
          { ok: true, ...accounts },
          () => `${email} is signed out. ${signedOutWords(unsynced)}`,
        );
      }),
    );

  const accounts = program.command("accounts").description("the accounts of this machine");
  accounts
    .command("list", { isDefault: true })
    .description("list them; • marks the one whose file is open")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const list = await client.request("accounts.list", {});
        print(isJson, { ok: true, ...list }, () => describeAccounts(list));
      }),
    );
  accounts
    .command("use <account>")
    .description("open another account's file, by address or id; `none`: work without an account")
    .option("--json", "print one JSON line")
    .action((wanted: string, options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const known = await client.request("accounts.list", {});
        const id = wanted === "none" ? null : findAccount(known, wanted).id;
        const list = await client.request("accounts.use", { id });
        print(isJson, { ok: true, ...list }, () => describeOpen(list));
      }),
    );
  addAdoptCommand(accounts, run);
}

function addAdoptCommand(accounts: Command, run: RunWithCore): void {
  accounts
    .command("adopt")
    .description("take the local work without an account into the one whose file is open")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const before = await client.request("accounts.list", {});
        const list = await client.request("accounts.adoptLocal", {});
        const open = list.accounts.find(({ id }) => id === list.activeId);
        print(
          isJson,
          { ok: true, ...list },
          () =>
            `${localWorkWords(before.local)} of local work are in the file of ${open?.email} now, and are synced.`,
        );
      }),
    );
}

/** By id or address; without either, the one whose file is open. */
function findAccount({ accounts, activeId }: Accounts, wanted: string | undefined): Account {
  const found = accounts.filter(({ id, email, projectUrl }) =>
    wanted === undefined ? id === activeId : [id, email, `${email} ${projectUrl}`].includes(wanted),
  );
  const [account, ...more] = found;
  if (account === undefined) {
    throw new AppError(
      "not_found",
      wanted === undefined
        ? "No account is open. Name one; `lora-desk accounts` lists them."
        : `No account here is called “${wanted}”. \`lora-desk accounts\` lists them.`,
    );
  }
  if (more.length === 0) return account;
  throw new AppError(
    "conflict",
    `“${wanted}” has accounts in several projects. Name one by its id: ${found.map(({ id, projectUrl }) => `${id} (${projectUrl})`).join(", ")}`,
  );
}

function describeAccounts({ accounts, activeId, local }: Accounts): string {
  const rows = accounts.map(({ id, email, projectUrl, isSignedIn, unsynced }) => [
    `${id === activeId ? "•" : " "} ${email}`,
    projectUrl,
    isSignedIn ? "signed in" : "signed out",
    unsynced === null ? "cannot be read" : (notInProjectWords(unsynced) ?? "nothing"),
    id,
  ]);
  const work = `${local.datasets} datasets, ${local.jobs} jobs`;
  rows.push([`${activeId === null ? "•" : " "} without an account`, "–", work, "–", "none"]);
  return table(["ACCOUNT", "PROJECT", "STATE", "NOT IN THE PROJECT", "ID"], rows);
}

function describeOpen(list: Accounts): string {
  const open = list.accounts.find(({ id }) => id === list.activeId);
  const place =
    open === undefined
      ? "Local work without an account is open."
      : `The file of ${open.email} at ${open.projectUrl} is open${open.isSignedIn ? "." : ", signed out."}`;
  const runs = "Runs of other accounts go on, and are followed again when theirs is opened.";
  const left = open === undefined ? null : localWorkWords(list.local);
  return [
    `${place} ${runs}`,
    ...(left === null
      ? []
      : [
          `Not in it: ${left} of local work without an account. \`lora-desk accounts adopt\` takes them into it; \`lora-desk accounts use none\` opens them.`,
        ]),
  ].join("\n");
}
