import type { Row } from "../store/open-store.ts";
import {
  type Dataset,
  datasetFormatSchema,
  datasetSchema,
  type Rejection,
  rejectionSchema,
} from "../../shared/contract/datasets.ts";
import { fileTypeSchema } from "./file-type.ts";
import type { StoredFile } from "./library-folder.ts";

export interface StoredDataset {
  readonly dataset: Dataset;
  /** Undefined when nothing was stored, and when the stored file has been purged. */
  readonly file: StoredFile | undefined;
}

/** Maps a row of `datasets` joined with its `dataset_imports`. */
export function datasetFromRow(row: Row): StoredDataset {
  const fileSizeBytes = Number(row["file_size_bytes"]);
  const common = {
    id: row["id"],
    name: row["name"],
    description: row["description"],
    fileName: row["file_name"],
    fileSizeBytes,
    createdAt: row["created_at"],
    updatedAt: row["updated_at"],
    deletedAt: row["deleted_at"],
  };
  return {
    dataset: datasetSchema.parse({ ...common, status: row["status"], ...fieldsOfStatus(row) }),
    file: fileFromRow(row),
  };
}

/** Only what the row's status calls for; the schema checks that it is there. */
function fieldsOfStatus(row: Row): object {
  switch (row["status"]) {
    case "importing":
      return {
        progress: { bytesRead: 0, bytesTotal: row["file_size_bytes"], rows: 0, rejected: 0 },
      };
    case "ready":
      return {
        format: datasetFormatSchema.parse(row["format"]),
        sha256: row["sha256"],
        statistics: {
          rows: row["rows"],
          rejected: row["rejected"],
          duplicates: row["duplicates"],
          turns: row["turns"],
          characters: row["characters"],
          longestRowCharacters: row["longest_row_characters"],
        },
      };
    default:
      return { failure: JSON.parse(String(row["failure"])) as unknown };
  }
}

function fileFromRow(row: Row): StoredFile | undefined {
  const { sha256, file_type: fileType } = row;
  if (typeof sha256 !== "string" || fileType === null) return undefined;
  return { sha256, fileType: fileTypeSchema.parse(fileType) };
}

export function rejectionFromRow(row: Row): Rejection {
  return rejectionSchema.parse(row);
}
