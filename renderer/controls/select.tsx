import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import styles from "./select.module.css";

export type SelectOption<V extends string> = {
  readonly value: V;
  readonly label: string;
  /** A second, quieter line. */
  readonly detail?: string;
};

type SelectProps<V extends string> = {
  readonly value: V;
  readonly options: readonly SelectOption<V>[];
  readonly onChange: (value: V) => void;
  /** The accessible name, unless a Field around it gives one. */
  readonly label?: string;
  readonly isDisabled?: boolean;
};

export function Select<V extends string>({
  value,
  options,
  onChange,
  label,
  isDisabled = false,
}: SelectProps<V>) {
  return (
    <Base.Root
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
      disabled={isDisabled}
    >
      <Base.Trigger className={styles.trigger} aria-label={label}>
        <Base.Value className={styles.value} />
        <Base.Icon className={styles.icon}>
          <ChevronsUpDown size={13} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          sideOffset={4}
          alignItemWithTrigger={false}
          align="start"
        >
          <Base.Popup className={styles.popup}>
            <Base.List className={styles.list}>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={styles.item}>
                  <Base.ItemIndicator className={styles.indicator} keepMounted>
                    <Check size={13} aria-hidden />
                  </Base.ItemIndicator>
                  <Base.ItemText className={styles.itemText}>{option.label}</Base.ItemText>
                  {option.detail !== undefined && (
                    <span className={styles.detail}>{option.detail}</span>
                  )}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
