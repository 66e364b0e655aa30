import { CodeBlock } from "../controls/code-block.tsx";
import { Section } from "../controls/section.tsx";
import styles from "./other-python-section.module.css";

/** Choosing a Python means running it, so the window may not: only its person, in a terminal. */
export function OtherPythonSection() {
  return (
    <Section title="Use another Python">
      <div className={styles.words}>
        <p>
          To train with an environment that you have already, name its Python program or its folder
          in a terminal, in the folder where LoRA Desk is installed. It needs Python 3.10 or newer
          with torch, transformers, peft, accelerate and safetensors.
        </p>
        <CodeBlock label="Command to use another Python" text="npx lora-desk env use PATH" />
        <p>To go back to LoRA Desk&apos;s own:</p>
        <CodeBlock label="Command to go back" text="npx lora-desk env use own" />
      </div>
    </Section>
  );
}
