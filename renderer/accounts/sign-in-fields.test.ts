import { describe, expect, it } from "vitest";
import type { Account } from "../../shared/contract/accounts.ts";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import { adoptsLocalWork, canSignIn, hasPlace, signInFields } from "./sign-in-fields.ts";
import { localWorkWords } from "../../shared/local-work-words.ts";
import { accountTrouble, projectName } from "./account-words.ts";

const ada: Account = {
  id: "00000000-0000-4000-8000-000000000001",
  projectUrl: "https://lab.supabase.co",
  email: "ada@example.org",
  userId: "00000000-0000-4000-8000-0000000000aa",
  isSignedIn: false,
  unsynced: { ...NOTHING_OWED, waiting: 3 },
};
const place = {
  ...signInFields(null),
  url: "https://lab.supabase.co",
  anonKey: "sb_publishable_1",
  email: "ada@example.org",
};

describe("the sign-in form", () => {
  it("needs an address, a key, an e-mail address, and a password or a code", () => {
    expect(hasPlace(signInFields(null), [])).toBe(false);
    expect(hasPlace({ ...place, email: "ada" }, [])).toBe(false);
    expect(hasPlace({ ...place, anonKey: " " }, [])).toBe(false);
    expect(hasPlace(place, [])).toBe(true);
    expect(canSignIn(place, [])).toBe(false);
    expect(canSignIn({ ...place, password: "x" }, [])).toBe(true);
    expect(canSignIn({ ...place, way: "code", password: "x", code: "123" }, [])).toBe(false);
    expect(canSignIn({ ...place, way: "code", code: "123456" }, [])).toBe(true);
  });

  it("asks nobody for a key twice", () => {
    const again = { ...signInFields(ada), password: "x" };
    expect(canSignIn(again, [ada])).toBe(true);
    expect(canSignIn(again, [])).toBe(false);
  });

  it("takes local work along to an account that is new here, and to others where that is wished", () => {
    const accounts = { activeId: null, accounts: [ada], local: { datasets: 1, jobs: 0 } };
    const again = { ...place, url: "https://LAB.supabase.co/", email: "Ada@example.org" };
    expect(adoptsLocalWork(again, accounts)).toBe(false);
    expect(adoptsLocalWork({ ...again, isAdopting: true }, accounts)).toBe(true);
    const bob = { ...place, email: "bob@example.org" };
    expect(adoptsLocalWork(bob, accounts)).toBe(true);
    expect(adoptsLocalWork({ ...bob, isAdopting: false }, accounts)).toBe(false);
    expect(adoptsLocalWork({ ...place, url: "http://127.0.0.1:54321" }, accounts)).toBe(true);
    const none = { ...accounts, local: { datasets: 0, jobs: 0 } };
    expect(adoptsLocalWork({ ...bob, isAdopting: true }, none)).toBe(false);
  });
});

describe("the words for accounts", () => {
  it("name a project by what tells it from others", () => {
    expect(projectName("https://lab.supabase.co")).toBe("lab");
    expect(projectName("http://127.0.0.1:54321")).toBe("127.0.0.1:54321");
    expect(projectName("nonsense")).toBe("nonsense");
  });

  it("say what is there to be taken along, and what is wrong", () => {
    expect(localWorkWords({ datasets: 0, jobs: 0 })).toBeNull();
    expect(localWorkWords({ datasets: 2, jobs: 1 })).toBe("2 datasets and 1 job");
    expect(accountTrouble(ada)).toBe("Signed out, 3 changes not in the project yet");
    expect(accountTrouble({ ...ada, isSignedIn: true, unsynced: NOTHING_OWED })).toBeNull();
    const points = { ...NOTHING_OWED, waitingPoints: 12_400, waitingCurves: 1 };
    expect(accountTrouble({ ...ada, isSignedIn: true, unsynced: points })).toBe(
      "12,400 points of 1 curve not in the project yet",
    );
    expect(accountTrouble({ ...ada, unsynced: null })).toBe("Signed out, its file cannot be read");
  });
});
