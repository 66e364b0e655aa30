import { expect, it } from "vitest";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import { describeSync } from "./describe-sync.ts";

const counts = {
  synced: 3,
  keptLocal: 0,
  ofColleagues: 0,
  ...NOTHING_OWED,
};
const status: SyncStatus = {
  state: "idle",
  counts,
  lastError: null,
  nextTryAt: null,
  lastSyncedAt: null,
};

it("says that all is up to date only where nothing is missing in the project", () => {
  expect(describeSync(status)).toContain("Up to date.");
  for (const key of ["waiting", "attention", "waitingPoints", "waitingFiles", "failedFiles"]) {
    const text = describeSync({ ...status, counts: { ...counts, [key]: 1 } });
    expect(text).not.toContain("Up to date");
    expect(text).toContain("not in the project yet");
  }
  const refused = { kind: "invalid_input", message: "Points were refused." } as const;
  expect(describeSync({ ...status, lastError: refused })).not.toContain("Up to date");
});

it("says what to do about what needs attention, and counts colleagues' rows for themselves", () => {
  const attention = describeSync({ ...status, counts: { ...counts, attention: 1 } });
  expect(attention).toContain("1 change (needs attention) is not in the project yet.");
  expect(attention).toContain("lora-desk sync quarantine");
  const colleagues = describeSync({ ...status, counts: { ...counts, ofColleagues: 3 } });
  expect(colleagues).toContain("6 rows: 3 synced, 0 waiting, 0 need attention, 0 kept local, 3 of");
});

it("speaks of nothing that is missing where no account is open", () => {
  expect(describeSync({ ...status, state: "off" })).not.toContain("not in the project");
});
