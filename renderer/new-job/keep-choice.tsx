import { projectName } from "../accounts/account-words.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { SwitchRow } from "../controls/switch-row.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import styles from "./keep-choice.module.css";

type KeepChoiceProps = {
  readonly datasetId: string | undefined;
  readonly isKept: boolean;
  readonly onChange: (isKept: boolean) => void;
};

/** With an account: whether the job goes to its project. That of a kept dataset never does. */
export function KeepChoice({ datasetId, isKept, onChange }: KeepChoiceProps) {
  const account = useDesk(activeAccount);
  const kept = useDesk((state) => valueOr(state.keptLocal, null));
  if (account === null) return null;
  if (datasetId !== undefined && kept?.datasets.includes(datasetId) === true) {
    return <p className={styles.note}>The job stays on this computer because its dataset does.</p>;
  }
  return (
    <SwitchRow
      label="Keep the job on this computer"
      hint={`Neither the job nor its curve and adapter are sent to ${projectName(account.projectUrl)}.`}
      isOn={isKept}
      onChange={onChange}
    />
  );
}
