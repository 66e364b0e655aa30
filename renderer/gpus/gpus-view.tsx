import type { GpuReport } from "../../shared/contract/gpus.ts";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { formatClock } from "../format/time.ts";
import { DeviceList } from "./device-list.tsx";
import { DriverNote } from "./driver-note.tsx";
import { describeDevices } from "./gpu-words.ts";

/** The devices that training can run on, live. Without a GPU that is the CPU. */
export function GpusView() {
  const report = useDesk((state) => state.gpuReport);
  return (
    <Page title="GPUs" state={report.state === "ready" && describeReport(report.value)}>
      <PageBody>
        {report.state === "loading" && <Skeleton label="GPUs" rows={4} rowHeight={52} />}
        {report.state === "failed" && (
          <Note tone="bad" title="The GPUs could not be read">
            {report.error.message}
          </Note>
        )}
        {report.state === "ready" && (
          <>
            <DriverNote report={report.value} />
            <DeviceList report={report.value} />
          </>
        )}
      </PageBody>
    </Page>
  );
}

function describeReport(report: GpuReport): string {
  const { driver, sampledAt } = report;
  const parts = [
    describeDevices(report),
    driver.state === "ready" ? `NVIDIA driver ${driver.version}` : null,
    `read at ${formatClock(sampledAt)}`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
