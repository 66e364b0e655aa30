import { CloudUpload, HardDrive } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { projectName } from "../accounts/account-words.ts";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useDesk } from "../core/desk.tsx";
import { useKeepLocal } from "./use-keep-local.ts";
import type { KeepTable } from "./use-keep-local.ts";

const WORDS = {
  datasets: {
    thing: "dataset",
    hint: "Neither the dataset nor the jobs that train on it are sent. This can be chosen only before any of it was sent.",
  },
  training_jobs: {
    thing: "job",
    hint: "Neither the job nor its curve and adapter are sent. This can be chosen only before any of it was sent.",
  },
} as const satisfies Record<KeepTable, { thing: string; hint: string }>;

type SyncPlaceProps = {
  readonly table: KeepTable;
  readonly id: string;
  /** Further choices, where it is not kept local. */
  readonly children?: ReactNode;
};

/** Where a dataset or a job goes, in a word; pressed, it lets one choose. */
export function SyncPlace({ table, id, children }: SyncPlaceProps) {
  const account = useDesk(activeAccount);
  const { isKept, set } = useKeepLocal(table, id);
  const [isOpen, setIsOpen] = useState(false);
  if (account === null || isKept === null) return null;
  const { thing, hint } = WORDS[table];
  return (
    <>
      <Button
        look="quiet"
        size="small"
        icon={isKept ? HardDrive : CloudUpload}
        onClick={() => setIsOpen(true)}
      >
        {isKept ? "Kept local" : `Syncs to ${projectName(account.projectUrl)}`}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title="Sync and sharing"
        actions={<Button onClick={() => setIsOpen(false)}>Close</Button>}
      >
        <SwitchRow
          label={`Keep this ${thing} on this computer`}
          hint={hint}
          isOn={isKept}
          onChange={set.run}
        />
        {!isKept && children}
      </Dialog>
    </>
  );
}
