import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { FileSource } from "../../shared/contract/datasets.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import { asAppError } from "../core/loadable.ts";
import { fetchKeptLocal } from "../sync/follow-sync.ts";
import type { FileTransfer, PickedFile } from "../transport/window-client.ts";
import { receiveDataset, withTransfer, withoutTransfer } from "./datasets-slice.ts";

/** Files that were dropped, or null where one is to be chosen. */
export type AskedImport = { readonly files: readonly File[] | null };

export type ImportDataset = {
  /** Opens the file dialog; with an account it is asked first where the file is to go. */
  readonly choose: () => void;
  /** Takes files that were dropped on the window; asks likewise. */
  readonly take: (files: readonly File[]) => void;
  /** What waits for that answer. */
  readonly asked: AskedImport | null;
  readonly answer: (isKeptLocal: boolean) => void;
  readonly dismiss: () => void;
  /** Imports the dataset that comes with LoRA Desk. */
  readonly takeSample: () => void;
};

/** Brings a file to the core, starts its import, and shows the dataset that comes of it. */
export function useImportDataset(): ImportDataset {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const router = useRouter();
  const hasAccount = useDesk((state) => activeAccount(state) !== null);
  const [asked, setAsked] = useState<AskedImport | null>(null);

  const begin = async (source: FileSource, keepLocal: boolean): Promise<void> => {
    const dataset = await client.request("datasets.import", { source, keepLocal });
    if (keepLocal) void fetchKeptLocal(client, store);
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
    keepLocal: boolean,
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
    if (file !== null) await begin({ kind: "file", fileId: file.fileId }, keepLocal);
  };

  const orSay = (work: Promise<void>): void => {
    work.catch((reason: unknown) => {
      const error = asAppError(reason);
      if (error.kind !== "cancelled") notify.failed(error);
    });
  };

  const bring = ({ files }: AskedImport, keepLocal: boolean): void => {
    if (files === null) orSay(carry((transfer) => client.pickFile(transfer), keepLocal));
    for (const file of files ?? []) {
      orSay(carry((transfer) => client.takeFile(file, transfer), keepLocal));
    }
  };
  const ask = (wanted: AskedImport): void => {
    if (hasAccount) setAsked(wanted);
    else bring(wanted, false);
  };

  return {
    choose: () => ask({ files: null }),
    take: (files) => {
      if (files.length > 0) ask({ files });
    },
    asked,
    answer: (isKeptLocal) => {
      if (asked !== null) bring(asked, isKeptLocal);
      setAsked(null);
    },
    dismiss: () => setAsked(null),
    takeSample: () => orSay(begin({ kind: "sample" }, false)),
  };
}
