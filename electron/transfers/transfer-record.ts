import type { Failure } from "../../shared/contract/errors.ts";
import type { Transfer } from "../../shared/contract/transfers.ts";

/** `cancelled` is not shown: it keeps an upload from beginning again by itself. */
export type TransferState = Transfer["state"] | "cancelled";
export type TransferTable = Transfer["table"];
export type Bucket = "lora-datasets" | "lora-models";

export interface NewTransfer {
  readonly id: string;
  readonly direction: Transfer["direction"];
  readonly table: TransferTable;
  readonly rowId: string;
  readonly part: "only" | "file" | "manifest";
  readonly fileName: string;
  readonly bucket: Bucket;
  readonly objectName: string;
  readonly contentType: string;
  readonly sha256: string;
  /** The file that is uploaded, or the one that a download is written to. */
  readonly path: string;
  /** See `fileStamp`; null of a download. */
  readonly stamp: string | null;
  readonly bytesTotal: number;
}

export interface TransferRecord extends NewTransfer {
  readonly bytesDone: number;
  readonly state: TransferState;
  readonly isVerified: boolean;
  readonly uploadUrl: string | null;
  readonly error: Failure | null;
}
