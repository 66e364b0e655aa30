import { Link } from "@tanstack/react-router";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { buttonClass } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { areGpusUnseen } from "./gpu-words.ts";

type DriverNoteProps = { readonly report: GpuReport };

/** What stands between the GPUs and a run, if anything does. No GPU at all is a calm remark. */
export function DriverNote({ report }: DriverNoteProps) {
  const environment = useDesk((state) => valueOr(state.environment, null));
  const { driver, gpus } = report;
  if (driver.state === "broken") {
    return (
      <Note tone="bad" title={driver.message}>
        {driver.remedy}
      </Note>
    );
  }
  if (driver.state === "missing") return <Note tone="info">{driver.message}</Note>;
  if (gpus.length === 0) {
    return <Note tone="info">The NVIDIA driver is loaded, but no GPU answers to it.</Note>;
  }
  if (areGpusUnseen(report, environment)) {
    return (
      <Note
        tone="warning"
        title="Runs cannot use the GPUs yet"
        action={
          <Link to="/settings" className={buttonClass({ size: "small" })}>
            Settings
          </Link>
        }
      >
        The torch of the training environment sees none of them. Settings says why, and what to do.
      </Note>
    );
  }
  return null;
}
