import { useState } from "react";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { formatCountOf } from "../format/numbers.ts";
import { TransferRow } from "./transfer-row.tsx";
import styles from "./transfers-section.module.css";
import { inOrderOfInterest } from "./transfer-words.ts";
import { useTransferActions } from "./use-transfer-actions.ts";

/** Datasets and adapters on their way to the project's storage, or from there. */
export function TransfersSection() {
  const transfers = useDesk((state) => state.fileTransfers);
  const actions = useTransferActions();
  const [isAllShown, setIsAllShown] = useState(false);
  if (transfers.state === "loading") return null;
  if (transfers.state === "failed") {
    return (
      <Note tone="bad" title="The transfers could not be fetched">
        {transfers.error.message}
      </Note>
    );
  }
  const all = inOrderOfInterest(transfers.value);
  const done = all.filter(({ state }) => state === "done").length;
  const shown = isAllShown ? all : all.filter(({ state }) => state !== "done");
  return (
    <Section
      title="Files"
      aside={
        done > 0 && (
          <Button
            look="quiet"
            size="small"
            aria-expanded={isAllShown}
            onClick={() => setIsAllShown(!isAllShown)}
          >
            {isAllShown ? "Hide finished" : `Show ${formatCountOf(done, "finished", "finished")}`}
          </Button>
        )
      }
    >
      {shown.length === 0 && (
        <p className={styles.empty}>
          Nothing is on its way. New datasets and finished adapters are uploaded by themselves.
        </p>
      )}
      {shown.length > 0 && (
        <ul className={styles.list} aria-label="Files on their way">
          {shown.map((transfer) => (
            <TransferRow key={transfer.id} transfer={transfer} actions={actions} />
          ))}
        </ul>
      )}
    </Section>
  );
}
