import { useState } from "react";
import type { Result } from "../../shared/contract/contract.ts";
import { useNotify } from "../controls/toasts.tsx";
import { useClient, useDesk } from "../core/desk.tsx";
import type { Loadable } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { useRequest } from "../core/use-request.ts";

export type TeamsDesk = {
  /** Null where the project has no teams. */
  readonly teams: Loadable<Result<"teams.list">>;
  readonly create: Action<[name: string]>;
  readonly invite: Action<[teamId: string, email: string]>;
  readonly withdraw: Action<[teamId: string, email: string]>;
  readonly removeMember: Action<[teamId: string, userId: string]>;
};

/**
 * The teams that one is in. Nobody tells of a colleague's changes: each own one asks anew.
 *
 * @param answers - How many invitations were answered.
 */
export function useTeams(answers: number): TeamsDesk {
  const client = useClient();
  const notify = useNotify();
  const synced = useDesk((state) => state.syncRevision);
  const [changes, setChanges] = useState(0);
  const teams = useRequest("teams.list", {}, synced + changes + answers);
  const askAnew = (): void => setChanges((count) => count + 1);

  const create = useAction(async (name: string) => {
    await client.request("teams.create", { name });
    askAnew();
  });
  const invite = useAction(async (teamId: string, email: string) => {
    await client.request("teams.invite", { teamId, email });
    notify.done(`${email} is invited`);
    askAnew();
  });
  const withdraw = useAction(async (teamId: string, email: string) => {
    await client.request("teams.withdrawInvitation", { teamId, email });
    askAnew();
  }, notify.failed);
  const removeMember = useAction(async (teamId: string, userId: string) => {
    await client.request("teams.removeMember", { teamId, userId });
    askAnew();
  }, notify.failed);
  return { teams, create, invite, withdraw, removeMember };
}
