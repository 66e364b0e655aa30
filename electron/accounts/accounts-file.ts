import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { writeFileAtomically } from "../jobs/atomic-file.ts";

const accountEntrySchema = z.object({
  id: z.uuid(),
  projectUrl: z.url(),
  userId: z.uuid(),
  email: z.string(),
});
export type AccountEntry = z.infer<typeof accountEntrySchema>;

const accountListSchema = z.object({
  version: z.literal(1),
  projects: z.array(z.object({ url: z.url(), anonKey: z.string() })),
  accounts: z.array(accountEntrySchema),
  /** Whose file is open, also after the next start; null: local work without an account. */
  activeId: z.uuid().nullable(),
  /**
   * The account that takes over the local work. Written before the file is moved, so that a start
   * after a crash in between finishes it.
   */
  adoptingId: z.uuid().nullable(),
});
export type AccountList = z.infer<typeof accountListSchema>;

const EMPTY: AccountList = {
  version: 1,
  projects: [],
  accounts: [],
  activeId: null,
  adoptingId: null,
};

/** `<home>/accounts.json`: which accounts this machine knows. It holds no tokens. */
export class AccountsFile {
  readonly #path: string;
  #list: AccountList;

  /** @throws AppError `unavailable` when it is there and cannot be read. */
  constructor(homePath: string) {
    this.#path = join(homePath, "accounts.json");
    this.#list = readList(this.#path);
  }

  get list(): AccountList {
    return this.#list;
  }

  find(id: string): AccountEntry {
    const account = this.#list.accounts.find((entry) => entry.id === id);
    if (account !== undefined) return account;
    throw new AppError("not_found", "This account is not known on this machine. Sign in to it.");
  }

  /** The account of a user in a project, if this machine knows it. */
  of(projectUrl: string, userId: string): AccountEntry | undefined {
    return this.#list.accounts.find(
      (entry) => entry.projectUrl === projectUrl && entry.userId === userId,
    );
  }

  /** The publishable key that was last signed in with. */
  keyOf(projectUrl: string): string {
    return this.#list.projects.find(({ url }) => url === projectUrl)?.anonKey ?? "";
  }

  /** Adds an account, or takes over its new address or its project's new key. */
  async put(account: AccountEntry, anonKey: string): Promise<void> {
    const { projects, accounts } = this.#list;
    const project = { url: account.projectUrl, anonKey };
    await this.change({
      projects: [...projects.filter(({ url }) => url !== project.url), project],
      accounts: accounts.some(({ id }) => id === account.id)
        ? accounts.map((entry) => (entry.id === account.id ? account : entry))
        : [...accounts, account],
    });
  }

  /** On the disk before it counts. */
  async change(change: Partial<AccountList>): Promise<void> {
    const next = { ...this.#list, ...change };
    await writeFileAtomically(this.#path, `${JSON.stringify(next, null, 2)}\n`);
    this.#list = next;
  }
}

function readList(path: string): AccountList {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return EMPTY;
    throw unreadable(path, error);
  }
  try {
    return accountListSchema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError(
    "unavailable",
    `The list of accounts ${path} cannot be read. Mend it, or move it away and sign in again; what each account has on this machine stays in the folder “accounts” beside it.`,
    { cause },
  );
}
