import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { DatasetFormat } from "../../shared/contract/datasets.ts";
import type { TokenInspection } from "../../shared/contract/tokens.ts";
import { inspectRows, type InspectRowsOptions } from "./inspect-rows.ts";
import { LatestWaits } from "./latest-waits.ts";

/** Pages that one may turn back to; one of long rows is some megabytes. */
const REMEMBERED = 6;

export interface TokenInspectorOptions extends InspectRowsOptions {
  findDataset: (id: string) => { id: string; name: string; format: DatasetFormat; sha256: string };
  findModel: (id: string) => Promise<{ id: string; name: string; path: string }>;
}

export interface TokenInspector {
  readonly requests: Handlers<"datasets.inspectTokens">;
  close(): Promise<void>;
}

/** Shows what a model would read and learn of a dataset's rows: one process at a time. */
export function openTokenInspector(options: TokenInspectorOptions): TokenInspector {
  const closing = new AbortController();
  /** The latest is last; those under way are among them, so that nobody asks twice. */
  const remembered = new Map<string, Promise<TokenInspection>>();
  const queue = new LatestWaits<TokenInspection>();

  return {
    requests: {
      "datasets.inspectTokens": async ({ datasetId, modelId, ...settings }) => {
        const dataset = options.findDataset(datasetId);
        const model = await options.findModel(modelId);
        const stamp = await tokenizerStamp(model.path);
        // The name too: two datasets may have the same bytes, and errors name them.
        const { sha256, format, id } = dataset;
        const key = JSON.stringify([id, sha256, format, model.path, stamp, settings]);
        const known = remembered.get(key);
        const inspection =
          known ??
          queue.add(() => inspectRows(options, { dataset, model, ...settings }, closing.signal));
        remembered.delete(key);
        remembered.set(key, inspection);
        for (const oldest of remembered.keys()) {
          if (remembered.size <= REMEMBERED) break;
          remembered.delete(oldest);
        }
        if (known === undefined) {
          inspection.catch(() => {
            if (remembered.get(key) === inspection) remembered.delete(key);
          });
        }
        return inspection;
      },
    },
    async close() {
      closing.abort();
      await queue.close();
    },
  };
}

const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];

/** Changes when a model's tokenizer or template is changed where it lies. */
async function tokenizerStamp(modelPath: string): Promise<number[]> {
  const times = TOKENIZER_FILES.map(async (name) => {
    const found = await stat(join(modelPath, name)).catch(() => null);
    return found?.mtimeMs ?? 0;
  });
  return Promise.all(times);
}
