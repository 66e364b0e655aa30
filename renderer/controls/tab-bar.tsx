import { Tabs } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { formatCount } from "../format/numbers.ts";
import styles from "./tab-bar.module.css";

export type Tab<V extends string> = {
  readonly value: V;
  readonly label: string;
  readonly count?: number | undefined;
};

type TabBarProps<V extends string> = {
  readonly label: string;
  readonly tabs: readonly Tab<V>[];
  readonly value: V;
  readonly onChange: (value: V) => void;
  /** The panel of the chosen tab. */
  readonly children: ReactNode;
};

export function TabBar<V extends string>({
  label,
  tabs,
  value,
  onChange,
  children,
}: TabBarProps<V>) {
  return (
    <Tabs.Root className={styles.root} value={value} onValueChange={(next) => onChange(next as V)}>
      <Tabs.List className={styles.list} aria-label={label}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.value} value={tab.value} className={styles.tab}>
            {tab.label}
            {tab.count !== undefined && (
              <span className={styles.count}>{formatCount(tab.count)}</span>
            )}
          </Tabs.Tab>
        ))}
        <Tabs.Indicator className={styles.indicator} />
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.value} value={tab.value} className={styles.panel}>
          {tab.value === value && children}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
