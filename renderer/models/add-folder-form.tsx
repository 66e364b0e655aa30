import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { TextInput } from "../controls/text-input.tsx";
import styles from "./add-folder-form.module.css";
import { useAddFolder } from "./use-add-folder.ts";

export function AddFolderForm() {
  const { path, setPath, problem, isRunning, add } = useAddFolder();
  return (
    <form
      className={styles.form}
      aria-label="Add a model folder"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Field
        label="Folder to add"
        hint="The full path, on the machine that LoRA Desk runs on, of a model's folder or of one that holds models up to three levels deep. ~ is your home folder. Nothing is copied."
        problem={problem}
      >
        <div className={styles.row}>
          <div className={styles.input}>
            <TextInput value={path} onChange={setPath} placeholder="/data/models" isMono />
          </div>
          <Button isSubmit isBusy={isRunning} disabled={path.trim() === ""}>
            {isRunning ? "Scanning" : "Add"}
          </Button>
        </div>
      </Field>
    </form>
  );
}
