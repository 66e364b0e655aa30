import { Monitor, Moon, Sun } from "lucide-react";
import { Section } from "../controls/section.tsx";
import { Segments } from "../controls/segments.tsx";
import styles from "./appearance-section.module.css";
import type { Theme } from "./theme.ts";
import { useThemeChoice } from "./use-theme-choice.ts";

const THEMES = [
  { value: "system", label: "System", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const satisfies readonly { value: Theme; label: string; icon: typeof Sun }[];

export function AppearanceSection() {
  const { theme, choose } = useThemeChoice();
  return (
    <Section title="Appearance">
      <div className={styles.row}>
        <span className={styles.name}>Theme</span>
        <Segments<Theme> label="Theme" segments={THEMES} value={theme} onChange={choose} />
      </div>
    </Section>
  );
}
