import type { ReactNode } from "react";
import { Switch } from "./switch.tsx";
import styles from "./switch-row.module.css";

type SwitchRowProps = {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
};

/** Something that is on or off, named and explained beside its switch. */
export function SwitchRow({ label, hint, isOn, onChange }: SwitchRowProps) {
  return (
    <div className={styles.row}>
      <Switch label={label} isOn={isOn} onChange={onChange} />
      <div>
        <p className={styles.label}>{label}</p>
        {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      </div>
    </div>
  );
}
