import { useState } from "react";
import type { AppError } from "../../shared/app-error.ts";
import type { ProjectCheck } from "../../shared/contract/supabase.ts";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";

type Project = { readonly url: string; readonly anonKey: string };

export type ProjectCheckRun = {
  readonly check: (project: Project) => void;
  readonly outcome: ProjectCheck | null;
  readonly isRunning: boolean;
  readonly error: AppError | null;
};

/** Asks the core to look at a project; the outcome of the last look stays until the next. */
export function useProjectCheck(): ProjectCheckRun {
  const client = useClient();
  const [outcome, setOutcome] = useState<ProjectCheck | null>(null);
  const { run, isRunning, error } = useAction(async (project: Project) => {
    setOutcome(null);
    setOutcome(await client.request("supabase.checkProject", project));
  });
  return { check: run, outcome, isRunning, error };
}
