import { useEffect, useState } from "react";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { useClient, useDeskStore } from "../core/desk.tsx";
import { whenConnected } from "../core/when-connected.ts";
import { HISTORY_MINUTES, withEarlier, withReport } from "./device-history.ts";
import type { DeviceHistory } from "./device-history.ts";

/** The last minutes of every device: the core's memory of them, and what is seen from then on. */
export function useDeviceHistory(report: GpuReport): DeviceHistory {
  const client = useClient();
  const store = useDeskStore();
  const [history, setHistory] = useState<DeviceHistory>(() => withReport(new Map(), report));
  useEffect(
    () =>
      store.subscribe(({ gpuReport }, before) => {
        if (gpuReport.state !== "ready" || gpuReport === before.gpuReport) return;
        setHistory((earlier) => withReport(earlier, gpuReport.value));
      }),
    [store],
  );
  const uuids = report.gpus.flatMap(({ uuid }) => (uuid === null ? [] : [uuid])).join(" ");
  useEffect(() => {
    let isWanted = true;
    const fetchEarlier = (uuid: string): void => {
      const asked = client.request("gpus.history", { uuid, minutes: HISTORY_MINUTES });
      const show = (earlier: Awaited<typeof asked>) => {
        if (isWanted) setHistory((seen) => withEarlier(seen, earlier));
      };
      // Without it the lines begin now: no more is lost.
      asked.then(show, () => undefined);
    };
    const stop = whenConnected(client, () => {
      for (const uuid of uuids.split(" ").filter((part) => part !== "")) fetchEarlier(uuid);
    });
    return () => {
      isWanted = false;
      stop();
    };
  }, [client, uuids]);
  return history;
}
