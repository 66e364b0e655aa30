import { Facts } from "../controls/facts.tsx";
import { Section } from "../controls/section.tsx";
import styles from "./package-versions.module.css";

type PackageVersionsProps = {
  /** Null for runs that did not tell. */
  readonly packages: Readonly<Record<string, string>> | null;
};

/** What the run was computed with: the same versions repeat it. */
export function PackageVersions({ packages }: PackageVersionsProps) {
  if (packages === null) return null;
  const versions = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <Section title="Packages">
      <div className={styles.columns}>
        {versions.map(([name, version]) => (
          <Facts key={name} facts={[{ name, value: version, isMono: true }]} />
        ))}
      </div>
    </Section>
  );
}
