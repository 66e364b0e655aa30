import { describe, expect, it } from "vitest";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import {
  countsWords,
  lastSyncedWords,
  shortSyncWords,
  stateSign,
  syncSign,
  syncWords,
  totalRows,
} from "./sync-words.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const counts = {
  synced: 1190,
  keptLocal: 0,
  ofColleagues: 0,
  ...NOTHING_OWED,
};
const status = (part: Partial<SyncStatus> = {}): SyncStatus => ({
  state: "idle",
  counts,
  lastError: null,
  nextTryAt: null,
  lastSyncedAt: null,
  ...part,
});

describe("the words for syncing", () => {
  it("say first what a person has to do something about", () => {
    const attention = { ...counts, attention: 2, waiting: 5 };
    expect(shortSyncWords(status({ counts: attention }))).toBe("2 need attention");
    expect(shortSyncWords(status({ counts: attention, state: "waiting" }))).toBe(
      "2 need attention",
    );
    expect(shortSyncWords(status({ counts: attention, state: "signed_out" }))).toBe(
      "Sign in again",
    );
    expect(stateSign(status({ counts: attention, state: "waiting" }))).toBe("waiting");
    expect(stateSign(status({ counts: attention }))).toBe("bad");
    expect(syncSign(status({ state: "off", counts: attention }))).toBe("off");
  });

  it("call nothing synced that waits", () => {
    expect(shortSyncWords(status())).toBe("Synced");
    expect(syncWords(status(), NOW)).toBe("Everything is synced");
    const waiting = { ...counts, waiting: 12 };
    expect(shortSyncWords(status({ counts: waiting }))).toBe("Syncing 12");
    expect(syncWords(status({ counts: waiting }), NOW)).toBe("About to sync");
    expect(syncWords(status({ counts: { ...counts, attention: 1 } }), NOW)).toMatch(/attention/);
  });

  it("call nothing synced whose points or files are not there", () => {
    const points = { ...counts, waitingPoints: 500, waitingCurves: 1 };
    expect(shortSyncWords(status({ counts: points }))).toBe("Syncing");
    expect(syncWords(status({ counts: points }), NOW)).toBe("About to sync");
    const files = status({ counts: { ...counts, waitingFiles: 1 } });
    expect(syncSign(files)).toBe("moving");
    expect(shortSyncWords(files)).toBe("1 file to store");
    expect(syncWords(files, NOW)).toBe("Synced, but for 1 file");
    const failed = status({ counts: { ...counts, failedFiles: 1 } });
    expect(shortSyncWords(failed)).toBe("1 needs attention");
    expect(syncWords(failed, NOW)).toMatch(/attention/);
    const lastError = { kind: "invalid_input", message: "Points were refused" } as const;
    expect(shortSyncWords(status({ counts: points, lastError }))).toBe("Needs attention");
    expect(stateSign(status({ counts: points, lastError }))).toBe("bad");
  });

  it("say when it is tried again and when it went through last", () => {
    const away = status({
      state: "waiting",
      nextTryAt: "2026-03-01T12:01:10.000Z",
      lastSyncedAt: "2026-03-01T11:56:00.000Z",
    });
    expect(syncWords(away, NOW)).toBe("Waiting for the project, trying again in 1 min 10 s");
    expect(syncWords(away, NOW + 200_000)).toBe("Waiting for the project, trying again now");
    expect(lastSyncedWords(away, NOW)).toBe("last synced 4 min ago");
    expect(lastSyncedWords(status(), NOW)).toBeNull();
  });

  it("count each row once", () => {
    const rows = { synced: 1190, waiting: 9, attention: 2, keptLocal: 3, ofColleagues: 3 };
    const all = { ...counts, ...rows, waitingPoints: 500, waitingCurves: 1 };
    expect(totalRows(all)).toBe(1207);
    expect(countsWords(all)).toBe(
      "1,190 of 1,207 rows synced, 9 waiting, 2 needing attention, 3 kept local, 3 of colleagues",
    );
    expect(countsWords({ ...counts, synced: 1 })).toBe("1 of 1 row synced");
  });
});
