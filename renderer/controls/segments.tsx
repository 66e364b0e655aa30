import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { LucideIcon } from "lucide-react";
import styles from "./segments.module.css";

type Segment<V extends string> = {
  readonly value: V;
  readonly label: string;
  readonly icon?: LucideIcon;
};

type SegmentsProps<V extends string> = {
  readonly label: string;
  readonly segments: readonly Segment<V>[];
  readonly value: V;
  readonly onChange: (value: V) => void;
};

/** One of a few, all of them in sight. */
export function Segments<V extends string>({ label, segments, value, onChange }: SegmentsProps<V>) {
  return (
    <RadioGroup className={styles.group} aria-label={label} value={value} onValueChange={onChange}>
      {segments.map(({ value: own, label: name, icon: Icon }) => (
        <Radio.Root key={own} value={own} className={styles.segment} aria-label={name}>
          {Icon !== undefined && <Icon size={13} aria-hidden />}
          {name}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
