import type { AppInfo } from "../../shared/contract/settings.ts";
import { CopyButton } from "../controls/copy-button.tsx";
import { Facts } from "../controls/facts.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useRequest } from "../core/use-request.ts";
import { formatDateTime } from "../format/time.ts";
import styles from "./about-section.module.css";

export function AboutSection() {
  const info = useRequest("app.info", {});
  return (
    <Section title="About">
      {info.state === "loading" && <Skeleton label="the version" rows={4} />}
      {info.state === "failed" && (
        <Note tone="bad" title="The core did not say what it is">
          {info.error.message}
        </Note>
      )}
      {info.state === "ready" && <AppFacts info={info.value} />}
    </Section>
  );
}

const SHELLS = {
  desktop: "the desktop app",
  headless: "npm run serve, without a window of its own",
  cli: "a lora-desk command",
} as const satisfies Record<AppInfo["shell"], string>;

type AppFactsProps = { readonly info: AppInfo };

function AppFacts({ info }: AppFactsProps) {
  const { sqliteVersion, journalMode, schemaVersion } = info.store;
  const store = `SQLite ${sqliteVersion}, ${journalMode.toUpperCase()} journal, schema ${schemaVersion}`;
  return (
    <Facts
      facts={[
        { name: "LoRA Desk", value: info.version },
        {
          name: "Data folder",
          value: (
            <span className={styles.path}>
              {info.homePath}
              <CopyButton label="Copy data folder path" text={info.homePath} />
            </span>
          ),
          isMono: true,
        },
        { name: "Store", value: store },
        { name: "Core", value: `${SHELLS[info.shell]} (process ${info.pid})` },
        { name: "Started", value: formatDateTime(info.startedAt) },
        { name: "Node", value: info.nodeVersion.replace(/^v/, "") },
        { name: "Computer", value: `${info.hostName} (${info.platform})` },
        { name: "Workstation", value: `${info.workstation}, as its jobs are marked in a project` },
      ]}
    />
  );
}
