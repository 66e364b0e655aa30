import { Link } from "@tanstack/react-router";
import { RailAccount } from "../accounts/rail-account.tsx";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { LevelBar } from "../controls/level-bar.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { formatPercent } from "../format/numbers.ts";
import { isActive } from "../jobs/jobs-slice.ts";
import { SyncIndicator } from "../sync/sync-indicator.tsx";
import styles from "./rail-footer.module.css";

/** More GPUs than this are left to the GPUs view: the rail is for a glance. */
const MOST_BARS = 8;

/** What the machine is doing, in sight from everywhere. */
export function RailFooter() {
  const report = useDesk((state) => valueOr(state.gpuReport, null));
  const running = useDesk((state) => valueOr(state.jobs, []).filter(isActive).length);
  const queued = useDesk(
    (state) => valueOr(state.jobs, []).filter(({ status }) => status === "queued").length,
  );
  return (
    <div className={styles.footer}>
      {report !== null && (
        <Link to="/gpus" className={styles.devices}>
          <span className="visually-hidden">{deviceLabel(report)}</span>
          <Devices report={report} />
        </Link>
      )}
      <Link to="/jobs" className={styles.jobs}>
        <span className={`${styles.dot} ${running > 0 ? styles.live : ""}`} aria-hidden />
        {running === 0 ? "Nothing running" : `${running} running`}
        {queued > 0 && <span className={styles.queued}>{queued} queued</span>}
      </Link>
      <SyncIndicator />
      <RailAccount />
    </div>
  );
}

type DevicesProps = { readonly report: GpuReport };

function Devices({ report }: DevicesProps) {
  if (report.gpus.length === 0) return <Device name="CPU" percent={report.cpu.loadPercent} />;
  return report.gpus
    .slice(0, MOST_BARS)
    .map((gpu) => (
      <Device
        key={gpu.uuid ?? gpu.index}
        name={`GPU ${gpu.index}`}
        percent={gpu.utilizationPercent}
      />
    ));
}

type DeviceProps = { readonly name: string; readonly percent: number | null };

function Device({ name, percent }: DeviceProps) {
  const text = formatPercent(percent);
  return (
    <span className={styles.device}>
      <span className={styles.name}>{name}</span>
      <LevelBar
        label={`${name} utilisation`}
        share={percent === null ? null : percent / 100}
        text={text}
        isThin
      />
      <span className={styles.figure}>{text}</span>
    </span>
  );
}

function deviceLabel({ gpus }: GpuReport): string {
  return gpus.length === 0 ? "CPU load: " : "GPU utilisation: ";
}
