import type { Artifact } from "../../shared/contract/job-records.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { projectName } from "../accounts/account-words.ts";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { useKeepLocal } from "../sync/use-keep-local.ts";
import { TransferControl } from "./transfer-control.tsx";

type AdapterUploadProps = { readonly artifact: Artifact };

/** Whether an adapter is on its way to the project's storage; nothing where it stays here. */
export function AdapterUpload({ artifact }: AdapterUploadProps) {
  const account = useDesk(activeAccount);
  const { isKept } = useKeepLocal("training_jobs", artifact.jobId);
  if (account === null || isKept !== false) return null;
  return (
    <Section title={`In ${projectName(account.projectUrl)}`}>
      <TransferControl
        direction="upload"
        table="model_artifacts"
        rowId={artifact.id}
        name={artifact.name}
      />
    </Section>
  );
}
