import type { Transfer } from "../../shared/contract/transfers.ts";
import { describePace, shareOf } from "../datasets/import-pace.ts";
import { formatBytes } from "../format/bytes.ts";

const STATE_WORDS: Readonly<Record<Exclude<Transfer["state"], "moving" | "done">, string>> = {
  waiting: "Waiting",
  verifying: "Verifying",
  paused: "Paused",
  failed: "Failed",
};

export function stateWords({ state, direction }: Transfer): string {
  const isUpload = direction === "upload";
  if (state === "moving") return isUpload ? "Uploading" : "Downloading";
  if (state === "done") return isUpload ? "Uploaded" : "Downloaded";
  return STATE_WORDS[state];
}

/** "182 MB of 480 MB · 52.4 MB/s · 6 s left", or how large it was; nothing of what never began. */
export function paceWords(transfer: Transfer): string {
  const { state, bytesDone, bytesTotal, bytesPerSecond } = transfer;
  if (state === "done") return formatBytes(bytesTotal);
  if (hasNotBegun(transfer)) return "";
  return describePace(bytesDone, bytesTotal, state === "moving" ? bytesPerSecond : null);
}

/** 0 to 1; null while it moves and nobody knows how far it is to go. */
export function transferShare(transfer: Transfer): number | null {
  return hasNotBegun(transfer) ? 0 : shareOf(transfer.bytesDone, transfer.bytesTotal);
}

/** Its file could not even be looked at. */
function hasNotBegun({ state, bytesTotal }: Transfer): boolean {
  return state === "failed" && bytesTotal === 0;
}

const INTEREST = { failed: 0, moving: 1, verifying: 2, waiting: 3, paused: 4, done: 5 } as const;

/** What needs a person first, what is done last; otherwise as they began. */
export function inOrderOfInterest(transfers: readonly Transfer[]): readonly Transfer[] {
  return transfers.toSorted((a, b) => INTEREST[a.state] - INTEREST[b.state]);
}

/** A row's files together, as one thing on its way; null where none is. */
export function togetherOf(
  transfers: readonly Transfer[],
  rowId: string,
  direction: Transfer["direction"],
): Transfer | null {
  const mine = transfers.filter((one) => one.rowId === rowId && one.direction === direction);
  const [foremost] = inOrderOfInterest(mine);
  if (foremost === undefined) return null;
  const rates = mine.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
  return {
    ...foremost,
    bytesDone: sum(mine.map(({ bytesDone }) => bytesDone)),
    bytesTotal: sum(mine.map(({ bytesTotal }) => bytesTotal)),
    bytesPerSecond: rates.length === 0 ? null : sum(rates),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
