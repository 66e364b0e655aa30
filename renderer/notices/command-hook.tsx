import { useState } from "react";
import type { FormEvent } from "react";
import { Button } from "../controls/button.tsx";
import { CodeBlock } from "../controls/code-block.tsx";
import { Field } from "../controls/field.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { commandOf, commandText } from "./command-lines.ts";
import styles from "./command-hook.module.css";

/** How it is set where a page may not. */
const COMMAND = "npx lora-desk notices command PROGRAM";

type CommandHookProps = {
  readonly command: readonly string[] | null;
  readonly canSet: boolean;
  readonly isBusy: boolean;
  readonly onChange: (command: readonly string[] | null) => void;
};

/** A program that is run at every notice. */
export function CommandHook({ command, canSet, isBusy, onChange }: CommandHookProps) {
  return (
    <div className={styles.command}>
      {canSet ? (
        <CommandForm command={command} isBusy={isBusy} onChange={onChange} />
      ) : (
        <>
          <p className={styles.label}>Command</p>
          {command !== null && <pre className={styles.present}>{commandText(command)}</pre>}
          <p className={styles.reason}>
            {command === null
              ? "None is run. A page in a browser may not make this computer run a program: set it in the desktop app or at a terminal."
              : "Run at every notice. A page in a browser may not make this computer run another program: change it in the desktop app or at a terminal."}
          </p>
          <CodeBlock label="Command to set it" text={COMMAND} />
        </>
      )}
      {command !== null && (
        <div>
          <Button size="small" isBusy={isBusy} onClick={() => onChange(null)}>
            Run no command any more
          </Button>
        </div>
      )}
    </div>
  );
}

type CommandFormProps = Omit<CommandHookProps, "canSet">;

function CommandForm({ command, isBusy, onChange }: CommandFormProps) {
  const [text, setText] = useState(() => commandText(command));
  const wanted = commandOf(text);
  const isChanged = commandText(wanted) !== commandText(command);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onChange(wanted);
  };
  return (
    <form className={styles.form} aria-label="Command" onSubmit={send}>
      <Field
        label="Command"
        hint="The program, then one argument on each line. Run without a shell; it gets the notice as JSON on its standard input."
      >
        <TextArea value={text} onChange={setText} rows={2} placeholder="/usr/local/bin/tell-me" />
      </Field>
      <div>
        <Button size="small" isSubmit isBusy={isBusy} disabled={!isChanged || wanted === null}>
          Save the command
        </Button>
      </div>
    </form>
  );
}
