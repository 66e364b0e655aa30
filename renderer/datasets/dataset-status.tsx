import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { StatusLabel } from "../controls/status-label.tsx";

const LOOKS = {
  importing: { tone: "running", icon: LoaderCircle, text: "Importing" },
  ready: { tone: "good", icon: CircleCheck, text: "Ready" },
  rejected: { tone: "bad", icon: CircleAlert, text: "Rejected" },
} as const;

type DatasetStatusProps = { readonly status: Dataset["status"] };

export function DatasetStatus({ status }: DatasetStatusProps) {
  return <StatusLabel {...LOOKS[status]} />;
}
