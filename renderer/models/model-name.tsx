import type { BaseModel } from "../../shared/contract/models.ts";
import styles from "./model-name.module.css";
import { originName } from "./model-words.ts";

type ModelNameProps = { readonly model: BaseModel };

/** The name over where it was found. */
export function ModelName({ model }: ModelNameProps) {
  return (
    <>
      <div className={styles.name} title={model.name}>
        {model.name}
      </div>
      <div className={styles.place} title={model.path}>
        {model.origin === "folder" ? (
          <span className={styles.path}>{model.path}</span>
        ) : (
          originName(model.origin)
        )}
      </div>
    </>
  );
}
