import { Link } from "@tanstack/react-router";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { formatCountOf } from "../format/numbers.ts";
import { DeviceSummary } from "./device-summary.tsx";
import styles from "./machine-summary.module.css";

/** The GPUs that runs can have, and the CPU where there is none. */
export function MachineSummary() {
  const report = useDesk((state) => state.gpuReport);
  return (
    <Section title="This machine" aside={<Link to="/gpus">Details</Link>}>
      {report.state === "loading" && <Skeleton label="the machine" rows={3} />}
      {report.state === "failed" && (
        <Note tone="bad" title="The GPUs could not be looked at">
          {report.error.message}
        </Note>
      )}
      {report.state === "ready" && <Devices report={report.value} />}
    </Section>
  );
}

type DevicesProps = { readonly report: GpuReport };

function Devices({ report: { driver, gpus, cpu } }: DevicesProps) {
  return (
    <div className={styles.devices}>
      {driver.state === "broken" && (
        <Note tone="warning" title="The NVIDIA driver does not work">
          <p>{driver.message}</p>
          <p>{driver.remedy}</p>
        </Note>
      )}
      {gpus.map((gpu) => (
        <DeviceSummary
          key={gpu.uuid ?? gpu.index}
          id={`GPU ${gpu.index}`}
          name={gpu.name}
          loadPercent={gpu.utilizationPercent}
          memoryUsedMb={gpu.memoryUsedMb}
          memoryTotalMb={gpu.memoryTotalMb}
          temperatureC={gpu.temperatureC}
          powerW={gpu.powerW}
        />
      ))}
      <DeviceSummary
        id="CPU"
        name={`${cpu.name}, ${formatCountOf(cpu.cores, "core")}`}
        loadPercent={cpu.loadPercent}
        memoryUsedMb={cpu.memoryUsedMb}
        memoryTotalMb={cpu.memoryTotalMb}
      />
      {gpus.length === 0 && driver.state !== "broken" && (
        <p className={styles.hint}>No NVIDIA GPU: runs train on the CPU.</p>
      )}
    </div>
  );
}
