import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";

type BrokenPageProps = { readonly error: unknown };

/** A view that threw. Runs are not touched by this; the window only has to be drawn anew. */
export function BrokenPage({ error }: BrokenPageProps) {
  return (
    <Page title="This view broke">
      <PageBody width="measure">
        <Note
          tone="bad"
          title="The window failed to draw this view. Your runs are not affected."
          action={<Button onClick={() => window.location.reload()}>Reload</Button>}
        >
          {error instanceof Error ? error.message : "The reason is not known."}
        </Note>
      </PageBody>
    </Page>
  );
}
