import type { Accounts } from "../../shared/contract/accounts.ts";
import { localWorkWords } from "../../shared/local-work-words.ts";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { useAccountActions } from "./use-account-actions.ts";

type LocalWorkNoteProps = { readonly accounts: Accounts };

/** While an account is open: what on this computer is no account's, and would be overlooked. */
export function LocalWorkNote({ accounts }: LocalWorkNoteProps) {
  const actions = useAccountActions();
  const local = localWorkWords(accounts.local);
  if (local === null || accounts.activeId === null) return null;
  return (
    <Note
      tone="info"
      title={`Local work without an account: ${local}`}
      action={
        <Button size="small" isBusy={actions.adopt.isRunning} onClick={() => actions.adopt.run()}>
          Take into this account
        </Button>
      }
    >
      It is on this computer only and is not synced. Taken into this account, it is sent to its
      project under your name. Left where it is, it is shown by “No account” in the account menu.
    </Note>
  );
}
