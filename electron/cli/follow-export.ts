import type { CoreClient } from "../../shared/contract/contract.ts";
import type { Export } from "../../shared/contract/exports.ts";
import { until } from "../quickstart/until.ts";
import { bar, type StatusLine } from "./terminal.ts";

export type EndedExport = Exclude<Export, { state: "queued" | "running" }>;

/** Shows an export until it ends. Ctrl-C cancels it, so that nothing half written stays behind. */
export async function followExport(
  client: CoreClient,
  id: string,
  line: StatusLine,
): Promise<EndedExport> {
  const cancel = () => {
    line.show("Cancelling; what was written is removed", true);
    client.request("exports.cancel", { id }).catch(() => undefined);
  };
  process.once("SIGINT", cancel);
  try {
    return await until(client, "exports.changed", undefined, {
      start: async () => {
        const all = await client.request("exports.list", {});
        return all.find((candidate) => candidate.id === id) as Export;
      },
      settle: (record) => {
        if (record.id !== id) return undefined;
        if (record.state === "queued") line.show("Waiting for the export before it");
        else if (record.state === "running") line.show(`${bar(record.share)} ${record.message}`);
        else return record;
        return undefined;
      },
    });
  } finally {
    process.off("SIGINT", cancel);
    line.clear();
  }
}
