import { ChevronDown, ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "../controls/button.tsx";
import { HYPERPARAMETER_GROUPS } from "../jobs/hyperparameter-words.ts";
import type { HyperparameterField, HyperparameterName } from "../jobs/hyperparameter-field.ts";
import { HyperparameterControl } from "./hyperparameter-control.tsx";
import styles from "./hyperparameter-editor.module.css";
import type { HyperparameterProblems, HyperparameterTexts } from "./hyperparameter-texts.ts";

/** Those that one looks at for every run. */
const MAIN: readonly HyperparameterName[] = [
  "method",
  "quantization",
  "target_modules",
  "rank",
  "alpha",
  "learning_rate",
  "epochs",
  "max_steps",
  "validation_share",
  "batch_size",
  "gradient_accumulation_steps",
  "max_sequence_tokens",
];

const isMain = ({ name }: HyperparameterField): boolean => MAIN.includes(name);
const MAIN_FIELDS = HYPERPARAMETER_GROUPS.flatMap(({ fields }) => fields)
  .filter(isMain)
  .toSorted((a, b) => MAIN.indexOf(a.name) - MAIN.indexOf(b.name));
const OTHER_GROUPS = HYPERPARAMETER_GROUPS.map(({ title, fields }) => ({
  title,
  fields: fields.filter((field) => !isMain(field)),
})).filter(({ fields }) => fields.length > 0);

type HyperparameterEditorProps = {
  readonly texts: HyperparameterTexts;
  readonly problems: HyperparameterProblems;
  readonly onChange: (field: HyperparameterName, text: string) => void;
};

/** The main values at once, the others on demand, and always when one of them is wrong. */
export function HyperparameterEditor({ texts, problems, onChange }: HyperparameterEditorProps) {
  const [isUnfolded, setIsUnfolded] = useState(false);
  const id = useId();
  const isOtherWrong = OTHER_GROUPS.some(({ fields }) =>
    fields.some(({ name }) => problems[name] !== undefined),
  );
  const isOpen = isUnfolded || isOtherWrong;
  const control = (field: HyperparameterField) => (
    <HyperparameterControl
      key={field.name}
      field={field}
      text={texts[field.name]}
      problem={problems[field.name]}
      onChange={(text) => onChange(field.name, text)}
    />
  );
  return (
    <div className={styles.editor}>
      <div className={styles.fields}>{MAIN_FIELDS.map(control)}</div>
      <Button
        look="quiet"
        size="small"
        icon={isOpen ? ChevronDown : ChevronRight}
        className={styles.toggle ?? ""}
        aria-expanded={isOpen}
        aria-controls={id}
        disabled={isOtherWrong}
        onClick={() => setIsUnfolded(!isUnfolded)}
      >
        All settings
      </Button>
      <div id={id} hidden={!isOpen}>
        {isOpen &&
          OTHER_GROUPS.map(({ title, fields }) => (
            <fieldset key={title} className={styles.group}>
              <legend className={styles.title}>{title}</legend>
              <div className={styles.fields}>{fields.map(control)}</div>
            </fieldset>
          ))}
      </div>
    </div>
  );
}
