import { Link } from "@tanstack/react-router";
import { buttonClass } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { useDesk } from "../core/desk.tsx";

/** What would keep the next run from starting. Nothing when all is well. */
export function Troubles() {
  const environment = useDesk((state) => state.environment);
  if (environment.state !== "ready") return null;
  const status = environment.value;
  if (status.state !== "missing" && status.state !== "broken") return null;
  return (
    <Note
      tone="warning"
      title={
        status.state === "missing"
          ? "The Python environment for training is missing"
          : "The Python environment for training does not work"
      }
      action={
        <Link to="/settings" className={buttonClass({ size: "small" })}>
          Open settings
        </Link>
      }
    >
      {status.state === "missing" ? status.message : status.failure.message}
    </Note>
  );
}
