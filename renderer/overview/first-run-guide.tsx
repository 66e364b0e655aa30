import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { SampleRun } from "../../shared/contract/sample-run.ts";
import { Button, buttonClass } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { FirstRunStepRow } from "./first-run-step-row.tsx";
import styles from "./first-run-guide.module.css";
import { sampleStepWords } from "./first-run.ts";
import { useFirstRun } from "./use-first-run.ts";
import { useTrainSample } from "./use-sample-training.ts";

/** The way from nothing to the first adapter: all at once, or step by step. */
export function FirstRunGuide() {
  const firstRun = useFirstRun();
  const jobId = useDesk(({ jobs }) => (jobs.state === "ready" ? jobs.value[0]?.id : undefined));
  if (firstRun.state === "loading") return <Skeleton label="the first steps" rows={6} />;
  if (firstRun.state === "failed") {
    return (
      <Note tone="bad" title="LoRA Desk could not look at what is there">
        {firstRun.error.message}
      </Note>
    );
  }
  const { steps, sample } = firstRun.value;
  return (
    <section className={styles.guide} aria-labelledby="first-run">
      <h2 id="first-run" className={styles.title}>
        Train your first adapter
      </h2>
      <p className={styles.text}>
        Four things make a run: a Python environment, a base model, a dataset, and the run itself.
        The sample gets all of them ready and trains a tiny model in a few minutes, on this machine.
        Only building the environment needs a network.
      </p>
      {sample.state === "failed" && (
        <div className={styles.failure}>
          <Note tone="bad" title="The sample could not be trained">
            {sample.message}
          </Note>
        </div>
      )}
      <div className={styles.actions}>
        <SampleAction sample={sample} />
      </div>
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <FirstRunStepRow key={step.id} step={step} number={index + 1} jobId={jobId} />
        ))}
      </ol>
    </section>
  );
}

type SampleActionProps = { readonly sample: SampleRun };

function SampleAction({ sample }: SampleActionProps) {
  const train = useTrainSample();
  if (sample.state === "launched") {
    return (
      <Link
        to="/jobs/$jobId"
        params={{ jobId: sample.jobId }}
        className={`${buttonClass({ look: "primary" })} ${styles.large}`}
      >
        Watch the sample run
      </Link>
    );
  }
  const isPreparing = sample.state === "preparing";
  return (
    <>
      <Button
        look="primary"
        icon={Play}
        className={styles.large ?? ""}
        onClick={train.run}
        isBusy={isPreparing || train.isRunning}
      >
        Train the sample
      </Button>
      <output className={styles.now}>{sampleStepWords(sample)}</output>
    </>
  );
}
