import { useRouter } from "@tanstack/react-router";
import type { FileSource } from "../../shared/contract/datasets.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { asAppError } from "../core/loadable.ts";
import type { FileTransfer, PickedFile } from "../transport/window-client.ts";
import { receiveDataset, withTransfer, withoutTransfer } from "./datasets-slice.ts";

export type ImportDataset = {
  /** Opens the file dialog. */
  readonly choose: () => void;
  /** Takes files that were dropped on the window. */
  readonly take: (files: readonly File[]) => void;
  /** Imports the dataset that comes with LoRA Desk. */
  readonly takeSample: () => void;
};

/** Brings a file to the core, starts its import, and shows the dataset that comes of it. */
export function useImportDataset(): ImportDataset {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const router = useRouter();

  const begin = async (source: FileSource): Promise<void> => {
    const dataset = await client.request("datasets.import", { source });
    store.setState((state) => receiveDataset(state, dataset));
    // A file that is here already under its name is not read a second time.
    if (dataset.status === "ready") notify.done(`“${dataset.name}” is this file already`);
    // Sending may have taken long: whoever has gone on to another view is left there.
    if (router.state.location.pathname.startsWith("/datasets")) {
      await router.navigate({ to: "/datasets/$datasetId", params: { datasetId: dataset.id } });
    }
  };

  const carry = async (
    fetch: (transfer: FileTransfer) => Promise<PickedFile | null>,
  ): Promise<void> => {
    const id = crypto.randomUUID();
    const startedAtMs = Date.now();
    const controller = new AbortController();
    const cancel = (): void => controller.abort();
    const file = await fetch({
      signal: controller.signal,
      onProgress: (progress) =>
        store.setState((state) => withTransfer(state, { id, startedAtMs, cancel, ...progress })),
    }).finally(() => store.setState((state) => withoutTransfer(state, id)));
    if (file !== null) await begin({ kind: "file", fileId: file.fileId });
  };

  const orSay = (work: Promise<void>): void => {
    work.catch((reason: unknown) => {
      const error = asAppError(reason);
      if (error.kind !== "cancelled") notify.failed(error);
    });
  };

  return {
    choose: () => orSay(carry((transfer) => client.pickFile(transfer))),
    take: (files) => {
      for (const file of files) orSay(carry((transfer) => client.takeFile(file, transfer)));
    },
    takeSample: () => orSay(begin({ kind: "sample" })),
  };
}
