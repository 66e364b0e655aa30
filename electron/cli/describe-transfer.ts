import type { Transfer } from "../../shared/contract/transfers.ts";
import { bar } from "./terminal.ts";

/** "480.0 MB". */
export function sizeWords(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e5 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}

/** Where a file on its way is. */
export function transferWords({ state, direction, error }: Transfer): string {
  switch (state) {
    case "moving":
      return direction === "upload" ? "uploading" : "downloading";
    case "done":
      return direction === "upload" ? "uploaded" : "downloaded";
    case "waiting":
      return error === null ? "waiting" : `waiting: ${error.message}`;
    case "failed":
      return `failed: ${error?.message ?? "no reason is known"}`;
    default:
      return state;
  }
}

/** Several files on their way as one, in one line. */
export function progressWords(transfers: readonly Transfer[]): string {
  const sum = (of: (transfer: Transfer) => number) =>
    transfers.reduce((total, transfer) => total + of(transfer), 0);
  const total = sum(({ bytesTotal }) => bytesTotal);
  const done = sum(({ bytesDone }) => bytesDone);
  const rate = sum(({ bytesPerSecond }) => bytesPerSecond ?? 0);
  const foremost =
    transfers.find(({ state }) => state === "moving") ??
    transfers.find(({ state }) => state !== "done");
  return [
    bar(total === 0 ? 0 : done / total),
    `${sizeWords(done)} of ${sizeWords(total)}`,
    ...(rate === 0 ? [] : [`${sizeWords(rate)}/s`]),
    ...(foremost === undefined ? [] : [foremost.fileName, transferWords(foremost)]),
  ].join("  ");
}
