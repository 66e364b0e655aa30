import { X } from "lucide-react";
import { useState } from "react";
import type { Team } from "../../shared/contract/teams.ts";
import { Button } from "../controls/button.tsx";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { InviteForm } from "./invite-form.tsx";
import styles from "./teams-section.module.css";
import type { TeamsDesk } from "./use-teams.ts";

type Member = Team["members"][number];

type TeamCardProps = {
  readonly team: Team;
  /** Who looks at it. */
  readonly userId: string;
  readonly desk: TeamsDesk;
};

export function TeamCard({ team, userId, desk }: TeamCardProps) {
  const { invite, withdraw, removeMember } = desk;
  const [leaving, setLeaving] = useState<Member | null>(null);
  const isSelf = leaving?.userId === userId;
  return (
    <section className={styles.team} aria-label={team.name}>
      <h3 className={styles.name}>{team.name}</h3>
      <ul className={styles.members} aria-label={`Members of ${team.name}`}>
        {team.members.map((member) => (
          <li key={member.userId} className={styles.member}>
            <span className={styles.email}>{member.email}</span>
            <span className={styles.role}>{memberWords(member, userId)}</span>
            {team.isOwner && !member.isOwner && member.userId !== userId && (
              <IconButton
                label={`Remove ${member.email} from ${team.name}`}
                icon={X}
                disabled={removeMember.isRunning}
                onClick={() => setLeaving(member)}
              />
            )}
            {member.userId === userId && (
              <Button
                size="small"
                look="quiet"
                aria-label={`Leave ${team.name}`}
                onClick={() => setLeaving(member)}
              >
                Leave
              </Button>
            )}
          </li>
        ))}
        {team.invited.map(({ email }) => (
          <li key={email} className={`${styles.member} ${styles.invited}`}>
            <span className={styles.email}>{email}</span>
            <span className={styles.role}>invited, not joined yet</span>
            <Button
              size="small"
              look="quiet"
              aria-label={`Take back the invitation of ${email}`}
              disabled={withdraw.isRunning}
              onClick={() => withdraw.run(team.id, email)}
            >
              Take back
            </Button>
          </li>
        ))}
      </ul>
      {team.isOwner && (
        <InviteForm
          // A sent one begins the form anew.
          key={team.members.length + team.invited.length}
          team={team}
          invite={invite}
        />
      )}
      <ConfirmDialog
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        title={isSelf ? `Leave ${team.name}?` : `Remove ${leaving?.email ?? ""} from ${team.name}?`}
        confirmLabel={isSelf ? "Leave the team" : "Remove this member"}
        onConfirm={() => {
          if (leaving !== null) removeMember.run(team.id, leaving.userId);
        }}
      >
        <p>
          {isSelf
            ? leavingWords(team)
            : "They no longer see what is shared with this team, nor does it see what they shared. What somebody has downloaded stays there."}
        </p>
      </ConfirmDialog>
    </section>
  );
}

function memberWords({ isOwner, userId }: Member, ownId: string): string {
  const role = isOwner ? "owner" : "member";
  return userId === ownId ? `you, ${role}` : role;
}

function leavingWords({ members, isOwner }: Team): string {
  if (members.length === 1) return "Nobody else is in it: without you the team is gone.";
  const gone = "You no longer see what is shared with this team, nor does it see what you shared.";
  const isLastOwner = isOwner && members.filter((member) => member.isOwner).length === 1;
  return isLastOwner
    ? `${gone} Its oldest member becomes its owner, and can invite you again.`
    : `${gone} Its owner can invite you again.`;
}
