import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { EnvironmentCard } from "./environment-card.tsx";

export function EnvironmentSection() {
  const environment = useDesk((state) => state.environment);
  return (
    <Section title="Python environment">
      {environment.state === "loading" && <Skeleton label="the Python environment" rows={3} />}
      {environment.state === "failed" && (
        <Note tone="bad" title="The environment's state could not be read">
          {environment.error.message}
        </Note>
      )}
      {environment.state === "ready" && <EnvironmentCard status={environment.value} />}
    </Section>
  );
}
