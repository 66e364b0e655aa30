import { CloudUpload, HardDrive } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { projectName } from "../accounts/account-words.ts";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { Note } from "../controls/note.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useDesk } from "../core/desk.tsx";
import styles from "./sync-place.module.css";
import { useKeepLocal } from "./use-keep-local.ts";
import type { KeepTable } from "./use-keep-local.ts";

const WORDS = {
  datasets: {
    thing: "dataset",
    hint: "Neither the dataset nor the jobs that train on it are sent.",
  },
  training_jobs: {
    thing: "job",
    hint: "Neither the job nor its curve and adapter are sent.",
  },
} as const satisfies Record<KeepTable, { thing: string; hint: string }>;

type SyncPlaceProps = {
  readonly table: KeepTable;
  readonly id: string;
  /** Further choices, where it goes to a project. */
  readonly children?: ReactNode;
};

/** Where a dataset or a job goes, in a word; pressed, it lets one choose. */
export function SyncPlace({ table, id, children }: SyncPlaceProps) {
  const accounts = useDesk((state) => state.accounts);
  const account = useDesk(activeAccount);
  const { isKept, isOfColleague, set } = useKeepLocal(table, id);
  const [isOpen, setIsOpen] = useState(false);
  if (accounts.state !== "ready" || isKept === null || isOfColleague) return null;
  const { thing, hint } = WORDS[table];
  const close = (): void => {
    setIsOpen(false);
    set.clearError();
  };
  return (
    <>
      <Button
        className={styles.place}
        look="quiet"
        size="small"
        icon={isKept || account === null ? HardDrive : CloudUpload}
        onClick={() => setIsOpen(true)}
      >
        {placeWords(isKept, account?.projectUrl ?? null)}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={close}
        title="Sync and sharing"
        actions={<Button onClick={close}>Close</Button>}
      >
        {account === null && (
          <p>
            Kept on this computer until you sign in to a team’s project and take your local work
            along.
          </p>
        )}
        <SwitchRow
          label={
            account === null
              ? `Keep this ${thing} on this computer even then`
              : `Keep this ${thing} on this computer`
          }
          hint={isKept || account === null ? hint : `${hint} What was sent already stays sent.`}
          isOn={isKept}
          onChange={set.run}
        />
        {set.error !== null && (
          <Note tone="bad" title={`Where the ${thing} goes was not changed`}>
            {set.error.message}
          </Note>
        )}
        {!isKept && account !== null && children}
      </Dialog>
    </>
  );
}

function placeWords(isKept: boolean, projectUrl: string | null): string {
  if (isKept) return "Kept local";
  return projectUrl === null ? "On this computer" : `Syncs to ${projectName(projectUrl)}`;
}
