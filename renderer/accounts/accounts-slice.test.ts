import { describe, expect, it } from "vitest";
import type { Accounts } from "../../shared/contract/accounts.ts";
import {
  activeAccount,
  emptyAccountsSlice,
  receiveAccounts,
  receiveOpenedFile,
} from "./accounts-slice.ts";

const ada = "00000000-0000-4000-8000-000000000001";
const accounts = (activeId: string | null): Accounts => ({
  activeId,
  accounts: [
    {
      id: ada,
      projectUrl: "https://lab.supabase.co",
      email: "ada@example.org",
      userId: "00000000-0000-4000-8000-0000000000aa",
      isSignedIn: true,
      unsynced: null,
    },
  ],
  local: { datasets: 0, jobs: 0 },
});

describe("the accounts that the window knows of", () => {
  it("are no reason to fetch everything anew when they come first, or come again", () => {
    const first = receiveAccounts(emptyAccountsSlice, accounts(null));
    expect(first.openedFiles).toBe(0);
    expect(receiveAccounts(first, accounts(null)).openedFiles).toBe(0);
    expect(receiveOpenedFile(first, accounts(null)).openedFiles).toBe(0);
  });

  it("are one when another file is open, whether that was told or found out", () => {
    const local = receiveAccounts(emptyAccountsSlice, accounts(null));
    expect(receiveAccounts(local, accounts(ada)).openedFiles).toBe(1);
    const opened = receiveOpenedFile(local, accounts(ada));
    expect(opened.openedFiles).toBe(1);
    // The reply to the request that opened it says the same again.
    expect(receiveAccounts(opened, accounts(ada)).openedFiles).toBe(1);
  });

  it("are one when the open account has taken the local work over", () => {
    const open = accounts(ada);
    const before = { ...open, local: { datasets: 2, jobs: 1 } };
    const first = receiveAccounts(emptyAccountsSlice, before);
    expect(receiveAccounts(first, before).openedFiles).toBe(0);
    const adopted = receiveOpenedFile(first, open);
    expect(adopted.openedFiles).toBe(1);
    expect(receiveAccounts(adopted, open).openedFiles).toBe(1);
    // In the file without an account it is somebody's deletion.
    const local = receiveAccounts(emptyAccountsSlice, { ...before, activeId: null });
    expect(receiveAccounts(local, accounts(null)).openedFiles).toBe(0);
  });

  it("are one when a file is opened before the first list has come", () => {
    expect(receiveOpenedFile(emptyAccountsSlice, accounts(ada)).openedFiles).toBe(1);
  });

  it("name the account whose file is open", () => {
    expect(activeAccount(emptyAccountsSlice)).toBeNull();
    expect(activeAccount(receiveAccounts(emptyAccountsSlice, accounts(null)))).toBeNull();
    expect(activeAccount(receiveAccounts(emptyAccountsSlice, accounts(ada)))?.email).toBe(
      "ada@example.org",
    );
  });
});
