import { Link } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { useState } from "react";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import { Button, buttonClass } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { FailureNote } from "../controls/failure-note.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useRequest } from "../core/use-request.ts";
import { readyModels } from "../models/models-slice.ts";
import { RowPlace } from "./row-place.tsx";
import { TokenRows } from "./token-rows.tsx";
import { TokenSettings } from "./token-settings.tsx";
import styles from "./token-view.module.css";
import { TOKEN_ROWS, useTokenChoice } from "./use-token-choice.ts";

type TokenViewProps = { readonly dataset: ReadyDataset };

/** Some rows of a dataset as a base model would be trained on them, token by token. */
export function TokenView({ dataset }: TokenViewProps) {
  const library = useDesk((state) => state.modelLibrary);
  const models = readyModels(valueOr(library, null)?.models ?? []);
  const choice = useTokenChoice(dataset, models);
  const { modelId, maxSequenceTokens, longRows, section } = choice;
  const [attempt, setAttempt] = useState(0);
  const rows = Array.from({ length: section.end - section.start }, (_, at) => section.start + at);
  const inspection = useRequest(
    "datasets.inspectTokens",
    modelId === null || rows.length === 0
      ? null
      : { datasetId: dataset.id, modelId, rows, maxSequenceTokens, longRows },
    attempt,
  );
  if (library.state === "failed") {
    return (
      <div className={styles.body}>
        <Note tone="bad" title="The models could not be listed">
          {library.error.message}
        </Note>
      </div>
    );
  }
  if (library.state === "ready" && models.length === 0) {
    return (
      <EmptyState
        icon={Boxes}
        title="A base model is needed"
        action={
          <Link to="/models" className={buttonClass({})}>
            Find or make a base model
          </Link>
        }
      >
        With a base model, each row is shown as training reads it: its chat template, its tokens,
        and which of them are learnt.
      </EmptyState>
    );
  }
  return (
    <>
      <TokenSettings models={models} choice={choice} />
      <RowPlace
        start={section.start}
        total={dataset.statistics.rows}
        rows={TOKEN_ROWS}
        onGoTo={choice.goTo}
      />
      {inspection.state === "ready" ? (
        <TokenRows
          name={dataset.name}
          inspection={inspection.value}
          longRows={longRows}
          wanted={choice.wanted}
        />
      ) : (
        <div className={styles.body}>
          {inspection.state === "loading" && <Skeleton label="tokens" rows={9} rowHeight={22} />}
          {inspection.state === "failed" && (
            <FailureNote
              title="These rows could not be tokenised"
              failure={inspection.error}
              action={<Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>}
            />
          )}
        </div>
      )}
    </>
  );
}
