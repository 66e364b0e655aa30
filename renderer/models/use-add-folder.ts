import { useState } from "react";
import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";

export type AddFolder = {
  readonly path: string;
  readonly setPath: (path: string) => void;
  /** What is wrong with the path, as the core says it. */
  readonly problem: string | undefined;
  readonly isRunning: boolean;
  readonly add: () => void;
};

/** The form that adds a folder: what was typed stays until the core has taken it. */
export function useAddFolder(): AddFolder {
  const client = useClient();
  const notify = useNotify();
  const [path, setPath] = useState("");
  const { run, isRunning, error, clearError } = useAction(async (typed: string) => {
    await client.request("models.addFolder", { path: typed });
    setPath("");
    notify.done("Folder added", typed);
  });
  return {
    path,
    setPath: (next) => {
      setPath(next);
      clearError();
    },
    problem: error?.message,
    isRunning,
    add: () => {
      const typed = path.trim();
      if (typed !== "") run(typed);
    },
  };
}
