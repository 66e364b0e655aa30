import { Switch as Base } from "@base-ui/react/switch";
import styles from "./switch.module.css";

type SwitchProps = {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly label: string;
};

export function Switch({ isOn, onChange, label }: SwitchProps) {
  return (
    <Base.Root
      className={styles.track}
      checked={isOn}
      onCheckedChange={onChange}
      aria-label={label}
    >
      <Base.Thumb className={styles.thumb} />
    </Base.Root>
  );
}
