import type { GpuReport } from "../../shared/contract/gpus.ts";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { formatMemory } from "../format/bytes.ts";
import { formatCountOf } from "../format/numbers.ts";
import styles from "./device-list.module.css";
import { DeviceRow } from "./device-row.tsx";
import { cpuLevels, gpuLevels } from "./gpu-levels.ts";
import { describeGpu } from "./gpu-words.ts";
import { jobsOnCpu, jobsOnGpu } from "./jobs-on-gpu.ts";
import { CPU_KEY, deviceKey } from "./load-history.ts";
import { useLoadHistory } from "./use-load-history.ts";

const NO_JOBS = [] as const;
const GPU_COLUMNS = 4;
const CPU_COLUMNS = 2;

type DeviceListProps = { readonly report: GpuReport };

export function DeviceList({ report }: DeviceListProps) {
  const history = useLoadHistory();
  const jobs = useDesk((state) => valueOr(state.jobs, NO_JOBS));
  const { gpus, cpu } = report;
  return (
    <>
      {gpus.length > 0 && (
        <Section title="GPUs">
          <ul className={styles.list}>
            {gpus.map((gpu) => (
              <DeviceRow
                key={deviceKey(gpu)}
                label={`GPU ${gpu.index}`}
                name={gpu.name}
                detail={describeGpu(gpu)}
                levels={gpuLevels(gpu)}
                loads={history.get(deviceKey(gpu)) ?? []}
                jobs={jobsOnGpu(jobs, gpu)}
                columns={GPU_COLUMNS}
              />
            ))}
          </ul>
        </Section>
      )}
      <Section title="This computer">
        <ul className={styles.list}>
          <DeviceRow
            label="CPU"
            name={cpu.name}
            detail={`${formatCountOf(cpu.cores, "core")} · ${formatMemory(cpu.memoryTotalMb)} of memory`}
            levels={cpuLevels(cpu)}
            loads={history.get(CPU_KEY) ?? []}
            jobs={jobsOnCpu(jobs)}
            columns={gpus.length > 0 ? GPU_COLUMNS : CPU_COLUMNS}
          />
        </ul>
      </Section>
    </>
  );
}
