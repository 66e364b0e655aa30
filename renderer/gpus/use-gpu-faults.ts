import { useEffect, useState } from "react";
import type { GpuFault } from "../../shared/contract/gpus.ts";
import { useClient } from "../core/desk.tsx";
import { whenConnected } from "../core/when-connected.ts";
import { withFault } from "./gpu-faults.ts";

/** The driver's errors since the computer started, as far as the core may read them. */
export function useGpuFaults(): readonly GpuFault[] {
  const client = useClient();
  const [faults, setFaults] = useState<readonly GpuFault[]>([]);
  useEffect(
    () => client.subscribe("gpus.fault", (fault) => setFaults((known) => withFault(known, fault))),
    [client],
  );
  useEffect(() => {
    let isWanted = true;
    const show = (told: readonly GpuFault[]) => {
      if (isWanted) setFaults(told);
    };
    const stop = whenConnected(client, () => {
      // That the log cannot be read is nothing to trouble a person with.
      client.request("gpus.faults", {}).then(show, () => undefined);
    });
    return () => {
      isWanted = false;
      stop();
    };
  }, [client]);
  return faults;
}
