import { Folder, FolderX, HardDrive } from "lucide-react";
import type { ModelLibrary } from "../../shared/contract/models.ts";
import { CopyButton } from "../controls/copy-button.tsx";
import { IconButton } from "../controls/icon-button.tsx";
import { Section } from "../controls/section.tsx";
import { AddFolderForm } from "./add-folder-form.tsx";
import styles from "./model-folders.module.css";

type ModelFoldersProps = {
  readonly library: ModelLibrary;
  readonly onRemove: (path: string) => void;
};

/** Where models are looked for; the app's own folder and the cache are always among it. */
export function ModelFolders({ library, onRemove }: ModelFoldersProps) {
  return (
    <Section title="Where models are looked for">
      <ul className={styles.folders} aria-label="Model folders">
        <li className={styles.folder}>
          <HardDrive size={14} className={styles.icon} aria-hidden />
          <span className={styles.path}>{library.hubCachePath}</span>
          <span className={styles.kind}>Hugging Face cache</span>
          <CopyButton label="Copy path of the Hugging Face cache" text={library.hubCachePath} />
        </li>
        {library.folders.map((path) => (
          <li key={path} className={styles.folder}>
            <Folder size={14} className={styles.icon} aria-hidden />
            <span className={styles.path}>{path}</span>
            <span className={styles.kind}>Added by you</span>
            <IconButton
              label={`Remove ${path} from the list`}
              icon={FolderX}
              onClick={() => onRemove(path)}
            />
          </li>
        ))}
      </ul>
      <AddFolderForm />
    </Section>
  );
}
