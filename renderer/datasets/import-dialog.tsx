import { FileUp } from "lucide-react";
import { useState } from "react";
import { projectName } from "../accounts/account-words.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useDesk } from "../core/desk.tsx";
import type { AskedImport } from "./use-import-dataset.ts";

type ImportDialogProps = {
  readonly asked: AskedImport;
  readonly onAnswer: (isKeptLocal: boolean) => void;
  readonly onClose: () => void;
};

/** Before a file is imported into an account's library: may it go to the project? */
export function ImportDialog({ asked, onAnswer, onClose }: ImportDialogProps) {
  const account = useDesk(activeAccount);
  const [isKept, setIsKept] = useState(false);
  const project = account === null ? "the project" : projectName(account.projectUrl);
  const { files } = asked;
  const count = files?.length ?? 1;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={count === 1 ? "Import a dataset" : `Import ${count} datasets`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon={FileUp} onClick={() => onAnswer(isKept)}>
            {files === null ? "Choose file" : "Import"}
          </Button>
        </>
      }
    >
      <p>
        {files === null ? "The file" : files.map(({ name }) => name).join(", ")} is checked row by
        row on this computer. Then it goes to {project}, where your other machines find it, unless
        you keep it here.
      </p>
      <SwitchRow
        label={count === 1 ? "Keep it on this computer" : "Keep them on this computer"}
        hint="Neither the rows nor the jobs that train on them are sent. You can let them go to the project later."
        isOn={isKept}
        onChange={setIsKept}
      />
    </Dialog>
  );
}
