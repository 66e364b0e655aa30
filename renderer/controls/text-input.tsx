import { Field } from "@base-ui/react/field";
import styles from "./text-input.module.css";

type TextInputProps = {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Shown behind the value, such as "tokens". */
  readonly unit?: string | undefined;
  readonly placeholder?: string;
  readonly isMono?: boolean;
  readonly isNumber?: boolean;
  /** Not shown as it is typed, as a password. */
  readonly isSecret?: boolean;
  readonly maxLength?: number;
  /** Called when the value is done with: by Enter, or as the focus goes elsewhere. */
  readonly onDone?: () => void;
};

/** One line of text; stands inside a Field, which names it. */
export function TextInput({
  value,
  onChange,
  unit,
  placeholder,
  isMono = false,
  isNumber = false,
  isSecret = false,
  maxLength,
  onDone,
}: TextInputProps) {
  return (
    <span className={styles.frame}>
      <Field.Control
        className={`${styles.input} ${isMono ? styles.mono : ""}`}
        type={isSecret ? "password" : "text"}
        value={value}
        onValueChange={onChange}
        placeholder={placeholder}
        inputMode={isNumber ? "decimal" : undefined}
        spellCheck={false}
        autoComplete={isSecret ? "current-password" : "off"}
        maxLength={maxLength}
        onBlur={onDone}
        onKeyDown={(event) => {
          if (event.key === "Enter") onDone?.();
        }}
      />
      {unit !== undefined && <span className={styles.unit}>{unit}</span>}
    </span>
  );
}
