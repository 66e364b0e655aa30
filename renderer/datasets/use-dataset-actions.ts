import { useNavigate, useRouter } from "@tanstack/react-router";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { deletionWords } from "../../shared/deletion-words.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveDataset } from "./datasets-slice.ts";

export function useRenameDataset(id: string, onDone: () => void): Action<[name: string]> {
  const client = useClient();
  const store = useDeskStore();
  return useAction(async (name: string) => {
    const dataset = await client.request("datasets.update", { id, name });
    store.setState((state) => receiveDataset(state, dataset));
    onDone();
  });
}

/** Deletes at once and offers to take it back, which also opens the dataset again. */
export function useDeleteDataset({ id, name }: Dataset): Action<[]> {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const navigate = useNavigate();
  const router = useRouter();

  const restore = useAction(async () => {
    const dataset = await client.request("datasets.restore", { id });
    store.setState((state) => receiveDataset(state, dataset));
    // Whoever has gone on to another view is left there.
    if (router.state.location.pathname === "/datasets") {
      await navigate({ to: "/datasets/$datasetId", params: { datasetId: id } });
    }
  }, notify.failed);

  return useAction(async () => {
    const deletion = await client.request("datasets.deletion", { id });
    await client.request("datasets.delete", { id });
    await navigate({ to: "/datasets" });
    const words = deletion.reach === "machine" ? undefined : deletionWords("dataset", deletion);
    notify.undoable(`“${name}” was deleted`, restore.run, words);
  }, notify.failed);
}

export function useCancelImport(id: string): Action<[]> {
  const client = useClient();
  const notify = useNotify();
  return useAction(() => client.request("datasets.cancelImport", { id }), notify.failed);
}
