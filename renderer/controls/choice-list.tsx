import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import styles from "./choice-list.module.css";

export type Choice<V extends string> = {
  readonly value: V;
  readonly title: string;
  readonly detail: string;
  /** Short facts at the right end. */
  readonly facts?: readonly string[];
};

type ChoiceListProps<V extends string> = {
  readonly label: string;
  readonly choices: readonly Choice<V>[];
  readonly value: V | null;
  readonly onChange: (value: V) => void;
};

/** One of several things, each with what one needs to know to choose it. */
export function ChoiceList<V extends string>(props: ChoiceListProps<V>) {
  const { label, choices, value, onChange } = props;
  return (
    <RadioGroup
      className={styles.list}
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      {choices.map((choice) => (
        <Radio.Root
          key={choice.value}
          value={choice.value}
          className={styles.choice}
          aria-label={choice.title}
        >
          <span className={styles.ring}>
            <Radio.Indicator className={styles.dot} />
          </span>
          <span className={styles.words}>
            <span className={styles.title}>{choice.title}</span>
            <span className={styles.detail}>{choice.detail}</span>
          </span>
          <span className={styles.facts}>
            {choice.facts?.map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
