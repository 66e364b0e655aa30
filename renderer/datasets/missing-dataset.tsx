import { Link } from "@tanstack/react-router";
import { Database } from "lucide-react";
import { buttonClass } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";

/** The address names a dataset that was deleted, was never imported, or is not to be seen. */
export function MissingDataset() {
  return (
    <EmptyState
      icon={Database}
      title="This dataset is not here"
      action={
        <Link to="/datasets" className={buttonClass({})}>
          Show all datasets
        </Link>
      }
    >
      It was deleted, its import was cancelled, or it is another machine’s that you cannot see.
    </EmptyState>
  );
}
