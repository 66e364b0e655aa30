import { existsSync } from "node:fs";
import { extname } from "node:path";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { DatasetStore } from "./dataset-store.ts";
import { fileHash } from "./file-hash.ts";
import type { ImportSource } from "./import-source.ts";
import type { LibraryFolder } from "./library-folder.ts";

/**
 * The ready dataset that importing `source` would only repeat: of the same bytes, read as the same
 * type, called what the new one would be called (the sample: whatever it is called), and with its
 * stored copy unharmed. What is to be kept on this machine is repeated only by what is kept. Another
 * name makes a dataset of its own, which shares the stored file.
 */
export async function findTwin(
  source: ImportSource,
  fileSizeBytes: number,
  library: { store: DatasetStore; folder: LibraryFolder },
): Promise<Dataset | undefined> {
  const candidates = library.store
    .readyOfSize(fileSizeBytes)
    .filter(({ dataset }) => source.isSample || isNumberedName(dataset.name, source.name))
    .filter(({ dataset }) => source.keepLocal !== true || library.store.isKeptLocal(dataset.id))
    .filter(({ dataset }) => isText(dataset.fileName) === isText(source.fileName));
  if (candidates.length === 0) return undefined;
  const sha256 = await fileHash(source.path);
  const twin = candidates.find(({ file }) => file !== undefined && file.sha256 === sha256);
  if (twin?.file === undefined) return undefined;
  const { dataPath, indexPath } = library.folder.pathsOf(twin.file);
  const isWhole = existsSync(indexPath) && (await fileHash(dataPath)) === sha256;
  return isWhole ? library.store.find(twin.dataset.id)?.dataset : undefined;
}

/** True for the name itself and for what `uniqueName` makes of it. */
function isNumberedName(name: string, wanted: string): boolean {
  return (
    name === wanted ||
    (name.startsWith(`${wanted} (`) && /^ \(\d+\)$/.test(name.slice(wanted.length)))
  );
}

function isText(fileName: string): boolean {
  return extname(fileName).toLowerCase() === ".txt";
}
