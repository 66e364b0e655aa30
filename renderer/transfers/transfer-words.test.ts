import { describe, expect, it } from "vitest";
import type { Transfer } from "../../shared/contract/transfers.ts";
import { ready } from "../core/loadable.ts";
import {
  inOrderOfInterest,
  paceWords,
  stateWords,
  togetherOf,
  transferShare,
} from "./transfer-words.ts";
import { emptyTransfersSlice, receiveTransfer, removeTransfer } from "./transfers-slice.ts";

const transfer = (part: Partial<Transfer> = {}): Transfer => ({
  id: "00000000-0000-4000-8000-000000000001",
  direction: "upload",
  table: "model_artifacts",
  rowId: "row",
  fileName: "adapter_model.safetensors",
  state: "moving",
  bytesDone: 10_000_000,
  bytesTotal: 40_000_000,
  bytesPerSecond: 3_000_000,
  error: null,
  ...part,
});

describe("a file on its way", () => {
  it("says how far it is, how fast, and how long it takes", () => {
    expect(stateWords(transfer())).toBe("Uploading");
    expect(stateWords(transfer({ direction: "download" }))).toBe("Downloading");
    expect(paceWords(transfer())).toBe("10 MB of 40 MB · 3 MB/s · 10 s left");
    expect(paceWords(transfer({ state: "paused" }))).toBe("10 MB of 40 MB");
    expect(stateWords(transfer({ state: "done" }))).toBe("Uploaded");
    expect(stateWords(transfer({ state: "paused" }))).toBe("Paused");
    expect(paceWords(transfer({ state: "done" }))).toBe("40 MB");
  });

  it("shows neither size nor motion where its file could not be looked at", () => {
    const failed = transfer({ state: "failed", bytesDone: 0, bytesTotal: 0, bytesPerSecond: null });
    expect([paceWords(failed), transferShare(failed)]).toEqual(["", 0]);
    expect(transferShare(transfer())).toBe(0.25);
  });

  it("stands before what is done, and after what has failed", () => {
    const states = ["done", "paused", "moving", "failed"] as const;
    const ordered = inOrderOfInterest(states.map((state) => transfer({ state })));
    expect(ordered.map(({ state }) => state)).toEqual(["failed", "moving", "paused", "done"]);
  });

  it("is one thing with the other files of its row", () => {
    const files = [
      transfer({ state: "done", bytesDone: 5, bytesTotal: 5, bytesPerSecond: null }),
      transfer({ bytesDone: 10, bytesTotal: 40, bytesPerSecond: 2 }),
      transfer({ rowId: "another" }),
    ];
    expect(togetherOf(files, "row", "upload")).toMatchObject({
      state: "moving",
      bytesDone: 15,
      bytesTotal: 45,
      bytesPerSecond: 2,
    });
    expect(togetherOf(files, "row", "download")).toBeNull();
  });
});

describe("the list of transfers", () => {
  it("takes what is told once the list is there", () => {
    expect(receiveTransfer(emptyTransfersSlice, transfer())).toBe(emptyTransfersSlice);
    const one = receiveTransfer({ fileTransfers: ready([]) }, transfer());
    expect(one.fileTransfers).toEqual(ready([transfer()]));
    const done = receiveTransfer(one, transfer({ state: "done" }));
    expect(done.fileTransfers).toEqual(ready([transfer({ state: "done" })]));
    expect(removeTransfer(done, transfer().id).fileTransfers).toEqual(ready([]));
  });
});
