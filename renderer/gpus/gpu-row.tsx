import { CircleAlert, Gauge, TriangleAlert } from "lucide-react";
import type { Gpu, GpuFault } from "../../shared/contract/gpus.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { StatusLabel } from "../controls/status-label.tsx";
import type { DevicePoint } from "./device-history.ts";
import { DeviceRow } from "./device-row.tsx";
import { FaultNote } from "./fault-note.tsx";
import { gpuLevels } from "./gpu-levels.ts";
import styles from "./gpu-row.module.css";
import { describeClocks, describeGpu, describePace } from "./gpu-words.ts";
import { jobsOnGpu } from "./jobs-on-gpu.ts";
import { ProcessList } from "./process-list.tsx";

type GpuRowProps = {
  readonly gpu: Gpu;
  readonly history: readonly DevicePoint[];
  readonly nowMs: number;
  readonly jobs: readonly Job[];
  /** Newest first. */
  readonly faults: readonly GpuFault[];
  readonly columns: number;
};

const ICONS = { bad: CircleAlert, warning: TriangleAlert, neutral: Gauge } as const;

/** One GPU with all that there is to know of it. */
export function GpuRow({ gpu, history, nowMs, jobs, faults, columns }: GpuRowProps) {
  const label = `GPU ${gpu.index}`;
  const clocks = describeClocks(gpu);
  const pace = describePace(gpu);
  const [newest, ...older] = faults;
  return (
    <DeviceRow
      label={label}
      name={gpu.name}
      detail={describeGpu(gpu)}
      levels={gpuLevels(gpu)}
      history={history}
      nowMs={nowMs}
      jobs={jobsOnGpu(jobs, gpu)}
      columns={columns}
      state={
        <>
          {clocks !== null && <div className={styles.clocks}>{clocks}</div>}
          {pace !== null && (
            <StatusLabel tone={pace.tone} icon={ICONS[pace.tone]} text={pace.text} />
          )}
        </>
      }
      below={
        <>
          <ProcessList label={label} processes={gpu.processes ?? []} jobs={jobs} />
          {newest !== undefined && (
            <div className={styles.fault}>
              <FaultNote faults={[newest, ...older]} />
            </div>
          )}
        </>
      }
    />
  );
}
