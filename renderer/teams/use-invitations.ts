import type { TeamInvitation } from "../../shared/contract/sync.ts";
import { useDesk } from "../core/desk.tsx";

const NONE: readonly TeamInvitation[] = [];

/** Teams that ask the open account to join. */
export function useInvitations(): readonly TeamInvitation[] {
  return useDesk(({ elsewhere }) =>
    elsewhere.state === "ready" ? elsewhere.value.invitations : NONE,
  );
}
