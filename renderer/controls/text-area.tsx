import { Field } from "@base-ui/react/field";
import styles from "./text-input.module.css";

type TextAreaProps = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows: number;
  readonly placeholder?: string;
  readonly isMono?: boolean;
};

/** Several lines of text; stands inside a Field, which names it. */
export function TextArea({ value, onChange, rows, placeholder, isMono = false }: TextAreaProps) {
  return (
    <span className={`${styles.frame} ${styles.tall}`}>
      <Field.Control
        className={`${styles.input} ${styles.lines} ${isMono ? styles.mono : ""}`}
        value={value}
        onValueChange={onChange}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        render={<textarea rows={rows} />}
      />
    </span>
  );
}
