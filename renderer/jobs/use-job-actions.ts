import { useNavigate } from "@tanstack/react-router";
import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import type { Job, StopMode } from "../../shared/contract/jobs.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { receiveJob, removeJob } from "./jobs-slice.ts";

export type JobActions = {
  /** Asked again, it can only hurry a stop that is under way. */
  readonly stop: Action<[StopMode]>;
  readonly checkpoint: Action<[]>;
  readonly account: Action<[Partial<JobAccounting>]>;
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
  const stop = useAction(async (mode: StopMode) => {
    const answer = await client.request("jobs.stop", { id, mode });
    store.setState((state) => receiveJob(state, answer));
  }, notify.failed);
  const checkpoint = useAction(async () => {
    await client.request("jobs.checkpoint", { id });
    notify.done("A checkpoint was asked for", "Its line in the timeline tells when it is written.");
  }, notify.failed);
  const account = useAction(async (accounting: Partial<JobAccounting>) => {
    const answer = await client.request("jobs.setAccounting", { id, accounting });
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
  return { stop, checkpoint, account, resume, remove, repeat };
}
