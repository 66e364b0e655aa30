import type { TeamInvitation } from "../../shared/contract/teams.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { useDesk } from "../core/desk.tsx";

const NONE: readonly TeamInvitation[] = [];

/** Teams that ask the open account to join; none while it is signed out and could not answer. */
export function useInvitations(): readonly TeamInvitation[] {
  return useDesk((state) => {
    const isKnown = state.elsewhere.state === "ready" && activeAccount(state)?.isSignedIn === true;
    return isKnown ? state.elsewhere.value.invitations : NONE;
  });
}
