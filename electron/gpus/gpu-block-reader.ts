import { parseGpuRow } from "./gpu-fields.ts";
import type { GpuQuery } from "./query-gpus.ts";

/** A block is printed in one go: when nothing has followed for this long, no more will. */
const QUIET_MS = 300;
const MOST_REMARKS = 20;

export interface GpuBlockReader {
  /** One line without its end. */
  line(text: string): void;
  close(): void;
}

/**
 * Gathers the lines that a looping nvidia-smi prints into one answer per turn. Nothing marks the
 * end of a turn: it is over when every GPU that the driver counts has answered, when a GPU answers
 * again, or when nothing follows. A turn without any GPU is none.
 */
export function openGpuBlockReader(
  fields: readonly string[],
  onBlock: (block: GpuQuery) => void,
): GpuBlockReader {
  let block: GpuQuery = emptyBlock();
  let timer: NodeJS.Timeout | undefined;

  const finish = (): void => {
    clearTimeout(timer);
    if (block.gpus.length === 0) return;
    const finished = block;
    block = emptyBlock();
    onBlock(finished);
  };

  return {
    line(text) {
      const row = parseGpuRow(text, fields);
      if (row === null) {
        if (text.trim() !== "")
          block.remarks = [...block.remarks, text.trim()].slice(-MOST_REMARKS);
        return;
      }
      if (block.gpus.some(({ index }) => index === row.gpu.index)) finish();
      block.driverVersion ||= row.driverVersion;
      block.count ??= row.count;
      block.gpus.push(row.gpu);
      clearTimeout(timer);
      if (block.count !== null && block.gpus.length >= block.count) {
        finish();
        return;
      }
      timer = setTimeout(finish, QUIET_MS);
      timer.unref();
    },
    close: () => clearTimeout(timer),
  };
}

function emptyBlock(): GpuQuery {
  return { driverVersion: "", gpus: [], count: null, remarks: [] };
}
