import type { Account } from "../../shared/contract/accounts.ts";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { CreateTeamForm } from "./create-team-form.tsx";
import { TeamCard } from "./team-card.tsx";
import styles from "./teams-section.module.css";
import { useTeams } from "./use-teams.ts";

type TeamsSectionProps = {
  readonly account: Account;
  /** How many invitations were answered: each may have made one a member. */
  readonly answers: number;
};

/** With whom jobs can be shared. */
export function TeamsSection({ account, answers }: TeamsSectionProps) {
  return (
    <Section title="Teams">
      {account.isSignedIn ? (
        <Teams account={account} answers={answers} />
      ) : (
        <p className={styles.words}>They are shown once you have signed in again.</p>
      )}
    </Section>
  );
}

function Teams({ account, answers }: TeamsSectionProps) {
  const desk = useTeams(answers);
  const { teams } = desk;
  return (
    <>
      {teams.state === "loading" && <Skeleton label="teams" rows={2} rowHeight={24} />}
      {teams.state === "failed" && (
        <Note tone="bad" title="The teams could not be fetched">
          {teams.error.message}
        </Note>
      )}
      {teams.state === "ready" && teams.value === null && (
        <Note tone="info" title="This project has no teams yet">
          Everything here is yours alone. Whoever owns the project can add teams by running its
          newest migration; “Check this project” in Settings names the SQL.
        </Note>
      )}
      {teams.state === "ready" && teams.value !== null && (
        <div className={styles.teams}>
          <p className={styles.words}>
            Members see the jobs that are shared with their team, with curve and adapters. Nobody
            can change what is yours, what is not shared is not seen, and nobody joins without
            having said yes.
          </p>
          {teams.value.map((team) => (
            <TeamCard key={team.id} team={team} userId={account.userId} desk={desk} />
          ))}
          <CreateTeamForm
            // A created one begins the form anew.
            key={teams.value.length}
            create={desk.create}
          />
        </div>
      )}
    </>
  );
}
