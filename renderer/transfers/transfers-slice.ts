import type { Transfer } from "../../shared/contract/transfers.ts";
import { LOADING, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type TransfersSlice = {
  /** Files on their way to or from the project's buckets. */
  readonly fileTransfers: Loadable<readonly Transfer[]>;
};

export const emptyTransfersSlice: TransfersSlice = { fileTransfers: LOADING };

export function receiveTransfer(slice: TransfersSlice, transfer: Transfer): TransfersSlice {
  if (slice.fileTransfers.state !== "ready") return slice;
  const others = slice.fileTransfers.value;
  const isKnown = others.some(({ id }) => id === transfer.id);
  return {
    fileTransfers: ready(
      isKnown
        ? others.map((other) => (other.id === transfer.id ? transfer : other))
        : [...others, transfer],
    ),
  };
}

export function removeTransfer(slice: TransfersSlice, id: string): TransfersSlice {
  if (slice.fileTransfers.state !== "ready") return slice;
  return { fileTransfers: ready(slice.fileTransfers.value.filter((one) => one.id !== id)) };
}
