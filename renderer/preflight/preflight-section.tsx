import { Gauge, X } from "lucide-react";
import type { JobInput } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { FailureNote } from "../controls/failure-note.tsx";
import { Note } from "../controls/note.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useNow } from "../core/use-now.ts";
import { formatDuration } from "../format/time.ts";
import type { HyperparameterTexts } from "../new-job/hyperparameter-texts.ts";
import { PreflightReport } from "./preflight-report.tsx";
import styles from "./preflight-section.module.css";
import { usePreflight } from "./use-preflight.ts";

type PreflightSectionProps = {
  readonly input: JobInput | null;
  readonly onPropose: (texts: Partial<HyperparameterTexts>) => void;
};

/** Whether the run will fit, how long it will take and what it will cost, before it is launched. */
export function PreflightSection({ input, onPropose }: PreflightSectionProps) {
  const { preflight, isStale, measure, measuringSince, cancel } = usePreflight(input);
  return (
    <Section
      title="Preflight"
      aside={
        preflight !== null && (
          <Button
            size="small"
            icon={Gauge}
            onClick={measure.run}
            isBusy={measure.isRunning}
            disabled={input === null}
          >
            Measure
          </Button>
        )
      }
    >
      <div className={styles.parts} aria-live="polite">
        {preflight === null && (
          <p className={styles.none}>
            Choose a dataset, a base model and settings that make sense: then it is said here
            whether they fit, how long it takes and what it costs.
          </p>
        )}
        {measuringSince !== null && <Measuring since={measuringSince} onCancel={cancel} />}
        {measure.error !== null && (
          <FailureNote title="The dry run failed" failure={measure.error} />
        )}
        {preflight?.state === "loading" && <Skeleton label="preflight" rows={5} />}
        {preflight?.state === "failed" && (
          <Note tone="bad" title="The run could not be looked at beforehand">
            {preflight.error.message}
          </Note>
        )}
        {preflight?.state === "ready" && (
          <div className={isStale ? styles.stale : undefined} aria-busy={isStale}>
            <PreflightReport preflight={preflight.value} onPropose={onPropose} />
          </div>
        )}
      </div>
    </Section>
  );
}

type MeasuringProps = { readonly since: number; readonly onCancel: () => void };

function Measuring({ since, onCancel }: MeasuringProps) {
  const now = useNow(1_000);
  return (
    <div className={styles.measuring}>
      <div className={styles.words}>
        <p>
          Dry run: the model is loaded and trains the longest batch once, for{" "}
          {formatDuration(Math.max(0, now - since) / 1000)} now. Nothing is kept of it.
        </p>
        <ProgressBar label="Dry run" share={null} tone="running" />
      </div>
      <Button size="small" icon={X} onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
