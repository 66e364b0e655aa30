import type { AppError } from "../../shared/app-error.ts";
import { Note } from "../controls/note.tsx";

/** In place of what would be listed of other machines. */
export function ElsewhereFailure({ error }: { readonly error: AppError }) {
  return (
    <Note tone="warning" title="What is on other machines could not be fetched">
      {error.message}
    </Note>
  );
}
