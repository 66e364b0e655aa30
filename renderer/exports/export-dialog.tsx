import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { ChoiceList } from "../controls/choice-list.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { Note } from "../controls/note.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { EXPORT_KINDS, FIRST_CHOICE, exportConditions, exportInput } from "./export-choice.ts";
import { ExportOptions } from "./export-options.tsx";
import { useStartExport } from "./use-export-actions.ts";

const CHOICES = EXPORT_KINDS.map(({ value, label, detail }) => ({ value, title: label, detail }));

type ExportDialogProps = {
  readonly job: Job;
  readonly artifact: Artifact;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

/** What an adapter is to be turned into. */
export function ExportDialog({ job, artifact, isOpen, onClose }: ExportDialogProps) {
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const llamaCppPath = useDesk((state) => valueOr(state.settings, null)?.llamaCppPath ?? null);
  const start = useStartExport(onClose);
  const { method } = job.hyperparameters;
  const conditions = exportConditions(choice, method, llamaCppPath);
  const input = exportInput(artifact.id, choice, method);
  const canStart = input !== null && conditions.every(({ isBlocking }) => !isBlocking);
  const close = (): void => {
    start.clearError();
    onClose();
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="Export the adapter"
      actions={
        <>
          <Button onClick={close}>{input === null ? "Close" : "Cancel"}</Button>
          {input !== null && (
            <Button
              look="primary"
              disabled={!canStart}
              isBusy={start.isRunning}
              onClick={() => start.run(input)}
            >
              {choice.kind === "vllm" ? "Check and show the command" : "Export"}
            </Button>
          )}
        </>
      }
    >
      <ChoiceList
        label="Export as"
        choices={CHOICES}
        value={choice.kind}
        onChange={(kind) => setChoice({ ...choice, kind })}
      />
      <ExportOptions
        choice={choice}
        artifact={artifact}
        isMergedAnyway={method === "dora"}
        onChange={(change) => setChoice({ ...choice, ...change })}
      />
      {conditions.map(({ isBlocking, text, isInSettings }) => (
        <Note key={text} tone={isBlocking ? "warning" : "info"}>
          {text}
          {isInSettings === true && (
            <>
              {" "}
              <Link to="/settings">Open Settings</Link>
            </>
          )}
        </Note>
      ))}
      {start.error !== null && (
        <Note tone="bad" title="The export was not started">
          {start.error.message}
        </Note>
      )}
    </Dialog>
  );
}
