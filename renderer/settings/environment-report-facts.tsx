import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import { Facts } from "../controls/facts.tsx";
import { useNow } from "../core/use-now.ts";
import { formatAgo } from "../format/time.ts";
import { describeTorch, packageList } from "./environment-words.ts";

const AGO_EVERY_MS = 15_000;

type EnvironmentReportFactsProps = {
  readonly report: EnvironmentReport;
  /** The environment's own path, which is said already. */
  readonly path: string;
};

export function EnvironmentReportFacts({ report, path }: EnvironmentReportFactsProps) {
  const now = useNow(AGO_EVERY_MS);
  const { devices } = report.torch;
  return (
    <Facts
      facts={[
        { name: "Python", value: report.pythonVersion },
        { name: "torch", value: describeTorch(report.torch) },
        { name: "Trains on", value: devices.length === 0 ? "the CPU" : devices.join(", ") },
        { name: "Packages", value: packageList(report.packages) },
        ...(report.pythonPath === path
          ? []
          : [{ name: "Interpreter", value: report.pythonPath, isMono: true }]),
        { name: "Checked", value: formatAgo(report.checkedAt, now) },
      ]}
    />
  );
}
