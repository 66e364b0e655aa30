import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { deletableElsewhere } from "../../shared/elsewhere-deletion-words.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { useWidth } from "../charts/use-width.ts";
import { Facts } from "../controls/facts.tsx";
import { Figures } from "../controls/figures.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { useNow } from "../core/use-now.ts";
import { UNKNOWN } from "../format/numbers.ts";
import { formatDateTime, formatDuration } from "../format/time.ts";
import { JobStatusLabel } from "../jobs/job-status-label.tsx";
import { PRESET_WORDS } from "../jobs/job-words.ts";
import { AskButton } from "./ask-button.tsx";
import { DeleteElsewhereButton } from "./delete-elsewhere-button.tsx";
import { ElsewhereAdapters } from "./elsewhere-adapters.tsx";
import { ElsewhereCharts } from "./elsewhere-charts.tsx";
import {
  askedWords,
  isActiveElsewhere,
  ownerWords,
  secondsElsewhere,
  shareElsewhere,
  stepWordsElsewhere,
} from "./elsewhere-facts.ts";
import styles from "./elsewhere-job-page.module.css";
import { useDatasetName } from "./use-dataset-name.ts";
import type { Elsewhere, ElsewhereJob } from "./elsewhere-slice.ts";

const CLOCK_MS = 1_000;

type ElsewhereJobPageProps = { readonly job: ElsewhereJob; readonly elsewhere: Elsewhere };

/** A job that runs on another machine: looked at from here, and asked to stop. */
export function ElsewhereJobPage({ job, elsewhere }: ElsewhereJobPageProps) {
  const account = useDesk(activeAccount);
  const navigate = useNavigate();
  const summary = useRef<HTMLDivElement>(null);
  const width = useWidth(summary);
  const now = useNow(CLOCK_MS);
  const asked = askedWords(job);
  const seconds = secondsElsewhere(job, now);
  const dataset = useDatasetName(elsewhere, job);
  const owner = ownerWords(elsewhere, job, account?.userId);
  return (
    <Page
      title={job.name}
      state={
        <>
          <JobStatusLabel status={job.status} />
          <span>on {job.workstation}</span>
          {owner !== "you" && <span>of {owner}</span>}
          <span>{stepWordsElsewhere(job)}</span>
        </>
      }
      actions={
        <>
          <AskButton job={job} />
          {owner === "you" && deletableElsewhere(job, now) && (
            <DeleteElsewhereButton
              table="training_jobs"
              id={job.id}
              name={job.name}
              workstation={job.workstation}
              onDeleted={() => void navigate({ to: "/jobs" })}
            />
          )}
        </>
      }
    >
      <PageBody>
        <div ref={summary} className={styles.summary}>
          {isActiveElsewhere(job) && (
            <div className={styles.progress}>
              <ProgressBar label="Progress" share={shareElsewhere(job)} tone="running" />
            </div>
          )}
          {asked !== null && <Note tone="info">{asked}</Note>}
          {job.error_message !== null && (
            <Note tone="bad" title="The run ended with an error">
              {job.error_message}
            </Note>
          )}
          <Figures
            label="Figures of the job"
            figures={[
              {
                name: "Epoch",
                value: job.current_step === 0 ? UNKNOWN : job.current_epoch.toFixed(2),
                detail: `of ${job.hyperparameters.epochs}`,
              },
              {
                name: isActiveElsewhere(job) ? "Running for" : "Took",
                value: seconds === null ? UNKNOWN : formatDuration(seconds),
              },
              { name: "Attempts", value: String(job.retry_count + 1) },
            ]}
          />
        </div>
        <ElsewhereCharts
          // Another job's curve is nothing to go on showing.
          key={job.id}
          job={job}
          width={width}
        />
        <ElsewhereAdapters elsewhere={elsewhere} job={job} isOwn={owner === "you"} />
        <Section title="Run">
          <Facts
            facts={[
              { name: "Dataset", value: dataset ?? UNKNOWN },
              { name: "Base model", value: job.base_model },
              { name: "Preset", value: PRESET_WORDS[job.preset_id] },
              { name: "Workstation", value: job.workstation },
              { name: "Created", value: formatDateTime(job.created_at) },
            ]}
          />
        </Section>
      </PageBody>
    </Page>
  );
}
