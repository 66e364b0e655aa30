import { describe, expect, it } from "vitest";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { ready } from "../core/loadable.ts";
import {
  emptyDatasetsSlice,
  readyDatasets,
  receiveDataset,
  receiveDatasets,
  withTransfer,
  withoutTransfer,
} from "./datasets-slice.ts";
import type { Transfer } from "./datasets-slice.ts";

function importing(id: string, createdAt: string, over: Partial<Dataset> = {}): Dataset {
  return {
    id,
    name: id,
    description: "",
    fileName: `${id}.jsonl`,
    fileSizeBytes: 100,
    createdAt,
    updatedAt: createdAt,
    deletedAt: null,
    status: "importing",
    progress: { bytesRead: 0, bytesTotal: 100, rows: 0, rejected: 0 },
    ...over,
  } as Dataset;
}

const older = importing("older", "2026-03-05T10:00:00.000Z");
const newer = importing("newer", "2026-03-05T11:00:00.000Z");
const slice = { ...emptyDatasetsSlice, datasets: ready([newer, older]) };

describe("receiveDatasets", () => {
  it("lists the newest first and leaves out what is deleted", () => {
    const deleted = importing("gone", newer.createdAt, { deletedAt: newer.createdAt });
    expect(receiveDatasets(emptyDatasetsSlice, [older, deleted, newer])).toEqual({
      datasets: ready([newer, older]),
    });
  });
});

describe("receiveDataset", () => {
  it("takes progress, which comes without a new date", () => {
    const progress = { bytesRead: 60, bytesTotal: 100, rows: 4, rejected: 1 };
    const later = importing("older", older.createdAt, { progress });
    expect(receiveDataset(slice, later).datasets).toEqual(ready([newer, later]));
  });

  it("removes a deleted dataset and puts a restored one back in its place", () => {
    const at = "2026-03-05T12:00:00.000Z";
    const deleted = { ...older, deletedAt: at, updatedAt: at };
    const without = receiveDataset(slice, deleted);
    expect(without.datasets).toEqual(ready([newer]));
    const restored = { ...older, updatedAt: "2026-03-05T12:00:05.000Z" };
    expect(receiveDataset({ ...slice, ...without }, restored).datasets).toEqual(
      ready([newer, restored]),
    );
  });

  it("waits for the list before it takes changes of it", () => {
    expect(receiveDataset(emptyDatasetsSlice, newer).datasets.state).toBe("loading");
  });
});

describe("transfers", () => {
  const transfer: Transfer = {
    id: "t1",
    name: "big.jsonl",
    bytesSent: 0,
    bytesTotal: 100,
    startedAtMs: 0,
    cancel: () => undefined,
  };

  it("appear, move on, and go", () => {
    const begun = { ...slice, ...withTransfer(slice, transfer) };
    const second = { ...begun, ...withTransfer(begun, { ...transfer, id: "t2" }) };
    const moved = { ...second, ...withTransfer(second, { ...transfer, bytesSent: 40 }) };
    expect(moved.transfers.map(({ id, bytesSent }) => [id, bytesSent])).toEqual([
      ["t1", 40],
      ["t2", 0],
    ]);
    expect(withoutTransfer(moved, "t1").transfers.map(({ id }) => id)).toEqual(["t2"]);
  });
});

it("readyDatasets leaves out what cannot be trained on", () => {
  const rejected = importing("bad", newer.createdAt, {
    status: "rejected",
    failure: { kind: "invalid_input", message: "Not rows." },
  });
  expect(readyDatasets([older, rejected])).toEqual([]);
});
