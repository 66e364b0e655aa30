import type { GpuReport } from "../../shared/contract/gpus.ts";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { formatMemory } from "../format/bytes.ts";
import { formatCountOf } from "../format/numbers.ts";
import { CPU_KEY, HISTORY_MINUTES, deviceKey } from "./device-history.ts";
import styles from "./device-list.module.css";
import { DeviceRow } from "./device-row.tsx";
import { FaultNote } from "./fault-note.tsx";
import { faultsElsewhere, faultsOf } from "./gpu-faults.ts";
import { cpuLevels } from "./gpu-levels.ts";
import { GpuRow } from "./gpu-row.tsx";
import { jobsOnCpu } from "./jobs-on-gpu.ts";
import { useDeviceHistory } from "./use-device-history.ts";
import { useGpuFaults } from "./use-gpu-faults.ts";

const NO_JOBS = [] as const;
const GPU_COLUMNS = 4;
const CPU_COLUMNS = 2;

type DeviceListProps = { readonly report: GpuReport };

export function DeviceList({ report }: DeviceListProps) {
  const history = useDeviceHistory(report);
  const faults = useGpuFaults();
  const jobs = useDesk((state) => valueOr(state.jobs, NO_JOBS));
  const { gpus, cpu } = report;
  const nowMs = Date.parse(report.sampledAt);
  const [newest, ...older] = faultsElsewhere(gpus, faults, nowMs);
  const span = `lines: the last ${HISTORY_MINUTES} minutes`;
  return (
    <>
      {newest !== undefined && <FaultNote faults={[newest, ...older]} />}
      {gpus.length > 0 && (
        <Section title="GPUs" aside={span}>
          <ul className={styles.list}>
            {gpus.map((gpu) => (
              <GpuRow
                key={deviceKey(gpu)}
                gpu={gpu}
                history={history.get(deviceKey(gpu)) ?? []}
                nowMs={nowMs}
                jobs={jobs}
                faults={faultsOf(gpu, faults, nowMs)}
                columns={GPU_COLUMNS}
              />
            ))}
          </ul>
        </Section>
      )}
      <Section title="This computer" {...(gpus.length === 0 ? { aside: span } : {})}>
        <ul className={styles.list}>
          <DeviceRow
            label="CPU"
            name={cpu.name}
            detail={`${formatCountOf(cpu.cores, "core")} · ${formatMemory(cpu.memoryTotalMb)} of memory`}
            levels={cpuLevels(cpu)}
            history={history.get(CPU_KEY) ?? []}
            nowMs={nowMs}
            jobs={jobsOnCpu(jobs)}
            columns={gpus.length > 0 ? GPU_COLUMNS : CPU_COLUMNS}
          />
        </ul>
      </Section>
    </>
  );
}
