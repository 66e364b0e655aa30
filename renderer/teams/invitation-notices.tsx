import { useState } from "react";
import type { TeamInvitation } from "../../shared/contract/teams.ts";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import styles from "./invitation-notices.module.css";
import { useInvitations } from "./use-invitations.ts";

type InvitationNoticesProps = { readonly onAnswered: () => void };

/** Teams that ask one to join. Nobody is made a member without having said yes here. */
export function InvitationNotices({ onAnswered }: InvitationNoticesProps) {
  const invitations = useInvitations();
  if (invitations.length === 0) return null;
  return (
    <div className={styles.notices}>
      {invitations.map((invitation) => (
        <InvitationNotice
          // Who declined and is invited anew is asked again.
          key={`${invitation.teamId} ${invitation.invitedAt}`}
          invitation={invitation}
          onAnswered={onAnswered}
        />
      ))}
    </div>
  );
}

type InvitationNoticeProps = InvitationNoticesProps & { readonly invitation: TeamInvitation };

function InvitationNotice({ invitation, onAnswered }: InvitationNoticeProps) {
  const { teamId, teamName, invitedBy } = invitation;
  const client = useClient();
  const notify = useNotify();
  const [isAnswered, setIsAnswered] = useState(false);
  const answer = useAction(async (isAccepted: boolean) => {
    await client.request("teams.answerInvitation", { teamId, isAccepted });
    setIsAnswered(true);
    onAnswered();
    notify.done(isAccepted ? `You have joined “${teamName}”` : `You have declined “${teamName}”`);
  }, notify.failed);
  if (isAnswered) return null;
  return (
    <Note
      tone="info"
      title={`${invitedBy ?? "Somebody who has left"} invites you to the team “${teamName}”`}
      action={
        <div className={styles.answers}>
          <Button
            size="small"
            look="quiet"
            isBusy={answer.isRunning}
            aria-label={`Decline ${teamName}`}
            onClick={() => answer.run(false)}
          >
            Decline
          </Button>
          <Button
            size="small"
            isBusy={answer.isRunning}
            aria-label={`Join ${teamName}`}
            onClick={() => answer.run(true)}
          >
            Join
          </Button>
        </div>
      }
    >
      Members see each other’s addresses and the jobs that are shared with the team. Nothing of
      yours is shown before you share it.
    </Note>
  );
}
