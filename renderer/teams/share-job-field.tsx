import { useState } from "react";
import { useNotify } from "../controls/toasts.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Select } from "../controls/select.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";
import { useRequest } from "../core/use-request.ts";

const NOBODY = "nobody";

type ShareJobFieldProps = { readonly jobId: string };

/** To which team a job is shown; to nobody, unless one chooses. */
export function ShareJobField({ jobId }: ShareJobFieldProps) {
  const client = useClient();
  const notify = useNotify();
  const [changes, setChanges] = useState(0);
  const teams = useRequest("teams.list", {});
  const shared = useRequest("teams.shared", {}, changes);
  const share = useAction(async (teamId: string | null) => {
    await client.request("teams.share", { jobId, teamId });
    setChanges((count) => count + 1);
  }, notify.failed);

  const failure =
    teams.state === "failed" ? teams.error : shared.state === "failed" ? shared.error : null;
  if (failure !== null) {
    return (
      <Note tone="bad" title="The teams could not be fetched">
        {failure.message}
      </Note>
    );
  }
  if (teams.state !== "ready" || shared.state !== "ready") {
    return <Skeleton label="teams" rows={1} rowHeight={30} />;
  }
  if (teams.value === null || teams.value.length === 0) {
    return (
      <Note tone="info">
        {teams.value === null
          ? "This project has no teams: the job is seen by you alone."
          : "You are in no team yet. Create one in the Sync view to share jobs with colleagues."}
      </Note>
    );
  }
  const chosen = shared.value.find((one) => one.jobId === jobId)?.teamId ?? NOBODY;
  return (
    <Field
      label="Shared with"
      hint="Its members see the job with its curve, the dataset’s figures and the adapters. Rows of the dataset are not shown."
    >
      <Select
        value={chosen}
        options={[
          { value: NOBODY, label: "Nobody: seen by you alone" },
          ...teams.value.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        isDisabled={share.isRunning}
        onChange={(next) => share.run(next === NOBODY ? null : next)}
      />
    </Field>
  );
}
