import { useEffect, useMemo, useState } from "react";
import type { Export } from "../../shared/contract/exports.ts";
import { useClient, useConnectionCount } from "../core/desk.tsx";
import { ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { useRequest } from "../core/use-request.ts";
import { heardSince, type HeardExports, withExport, withHeard } from "./export-list.ts";

/** The exports of one adapter as they go on, newest first. */
export function useExports(artifactId: string): Loadable<readonly Export[]> {
  const client = useClient();
  const fetched = useRequest("exports.list", { artifactId });
  const connections = useConnectionCount();
  const [heard, setHeard] = useState<HeardExports>({ connections, list: [] });
  useEffect(
    () =>
      client.subscribe("exports.changed", (one) =>
        setHeard((before) => withHeard(before, connections, one)),
      ),
    [client, connections],
  );
  return useMemo(() => {
    if (fetched.state !== "ready") return fetched;
    const own = heardSince(heard, connections).filter((one) => one.artifactId === artifactId);
    // What was heard is never older than what was fetched before it.
    return ready(own.reduce(withExport, fetched.value));
  }, [fetched, heard, connections, artifactId]);
}
