import { X } from "lucide-react";
import { useState } from "react";
import type { Team } from "../../shared/contract/sync.ts";
import { Button } from "../controls/button.tsx";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { AddMemberForm } from "./add-member-form.tsx";
import styles from "./teams-section.module.css";
import type { TeamsDesk } from "./use-teams.ts";

type Member = Team["members"][number];

type TeamCardProps = {
  readonly team: Team;
  /** Who looks at it. */
  readonly userId: string;
  readonly desk: TeamsDesk;
};

export function TeamCard({ team, userId, desk: { addMember, removeMember } }: TeamCardProps) {
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
            {team.isOwner && !member.isOwner && (
              <IconButton
                label={`Remove ${member.email} from ${team.name}`}
                icon={X}
                disabled={removeMember.isRunning}
                onClick={() => setLeaving(member)}
              />
            )}
            {!team.isOwner && member.userId === userId && (
              <Button size="small" look="quiet" onClick={() => setLeaving(member)}>
                Leave
              </Button>
            )}
          </li>
        ))}
      </ul>
      {team.isOwner && (
        <AddMemberForm
          // An added one begins the form anew.
          key={team.members.length}
          team={team}
          addMember={addMember}
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
            ? "You no longer see what is shared with this team. Its owner can add you again."
            : "They no longer see what is shared with this team. What they have downloaded stays with them."}
        </p>
      </ConfirmDialog>
    </section>
  );
}

function memberWords({ isOwner, userId }: Member, ownId: string): string {
  const role = isOwner ? "owner" : "member";
  return userId === ownId ? `you, ${role}` : role;
}
