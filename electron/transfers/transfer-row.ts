import { failureSchema } from "../../shared/contract/errors.ts";
import type { Row } from "../store/open-store.ts";
import type { TransferRecord, TransferState } from "./transfer-record.ts";

export function recordOf(row: Row): TransferRecord {
  const error = row["error"];
  return {
    id: String(row["id"]),
    direction: row["direction"] as TransferRecord["direction"],
    table: row["table_name"] as TransferRecord["table"],
    rowId: String(row["row_id"]),
    part: row["part"] as TransferRecord["part"],
    fileName: String(row["file_name"]),
    bucket: row["bucket"] as TransferRecord["bucket"],
    objectName: String(row["object_name"]),
    contentType: String(row["content_type"]),
    sha256: String(row["sha256"]),
    path: String(row["path"]),
    stamp: row["stamp"] === null ? null : String(row["stamp"]),
    bytesTotal: Number(row["bytes_total"]),
    bytesDone: Number(row["bytes_done"]),
    state: row["state"] as TransferState,
    isVerified: row["is_verified"] === 1,
    uploadUrl: row["upload_url"] === null ? null : String(row["upload_url"]),
    error: error === null ? null : failureSchema.parse(JSON.parse(String(error))),
  };
}
