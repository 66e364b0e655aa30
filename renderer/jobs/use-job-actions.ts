import { useNavigate } from "@tanstack/react-router";
import type { Job } from "../../shared/contract/jobs.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveJob, removeJob } from "./jobs-slice.ts";

export type JobActions = {
  readonly stop: Action<[]>;
  readonly resume: Action<[]>;
  readonly remove: Action<[]>;
  /** Opens the form for a new job with this one's choices. */
  readonly repeat: () => void;
};

/** What can be done with a job. `onRemoved` is called once it is gone. */
export function useJobActions(job: Job, onRemoved?: () => void): JobActions {
  const client = useClient();
  const store = useDeskStore();
  const notify = useNotify();
  const navigate = useNavigate();
  const { id, name } = job;

  // The answer is shown at once; the event that follows says the same.
  const stop = useAction(async () => {
    const answer = await client.request("jobs.stop", { id });
    store.setState((state) => receiveJob(state, answer));
  }, notify.failed);
  const resume = useAction(async () => {
    const answer = await client.request("jobs.resume", { id });
    store.setState((state) => receiveJob(state, answer));
  }, notify.failed);
  const remove = useAction(async () => {
    await client.request("jobs.delete", { id });
    onRemoved?.();
    store.setState((state) => removeJob(state, id));
    notify.done(`“${name}” was deleted`);
  }, notify.failed);
  const repeat = (): void => {
    void navigate({ to: "/jobs/new", search: { from: id } });
  };
  return { stop, resume, remove, repeat };
}
