import { Boxes, FolderPlus, RefreshCw, Sparkles } from "lucide-react";
import { useRef } from "react";
import type { ModelLibrary } from "../../shared/contract/models.ts";
import { Button } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { LibraryState } from "./library-state.tsx";
import { groupModels } from "./model-groups.ts";
import { ModelFolders } from "./model-folders.tsx";
import { ModelTable } from "./model-table.tsx";
import styles from "./models-view.module.css";
import { UnusableTable } from "./unusable-table.tsx";
import { useLibraryActions } from "./use-library-actions.ts";
import type { LibraryActions } from "./use-library-actions.ts";

/** The base models on this machine, and where they are looked for. */
export function ModelsView() {
  const library = useDesk((state) => state.modelLibrary);
  const actions = useLibraryActions();
  const folders = useRef<HTMLDivElement>(null);
  const groups = library.state === "ready" ? groupModels(library.value.models) : null;

  return (
    <Page
      title="Models"
      state={library.state === "ready" && <LibraryState library={library.value} />}
      actions={
        <>
          <Button icon={RefreshCw} isBusy={actions.rescan.isRunning} onClick={actions.rescan.run}>
            Rescan
          </Button>
          {groups?.tiny === "absent" && groups.usable.length > 0 && (
            <TinyButton actions={actions} />
          )}
          <Button
            look="primary"
            icon={FolderPlus}
            onClick={() => folders.current?.querySelector("input")?.focus()}
          >
            Add folder
          </Button>
        </>
      }
    >
      <PageBody>
        {library.state === "loading" && <Skeleton label="models" rows={5} rowHeight={36} />}
        {library.state === "failed" && (
          <Note tone="bad" title="The models could not be listed">
            {library.error.message}
          </Note>
        )}
        {library.state === "ready" && <Models library={library.value} actions={actions} />}
        {library.state === "ready" && (
          <div ref={folders}>
            <ModelFolders library={library.value} onRemove={actions.removeFolder.run} />
          </div>
        )}
      </PageBody>
    </Page>
  );
}

type ModelsProps = { readonly library: ModelLibrary; readonly actions: LibraryActions };

function Models({ library, actions }: ModelsProps) {
  const { usable, unusable } = groupModels(library.models);
  return (
    <>
      {usable.length === 0 && (
        <EmptyState
          icon={Boxes}
          title={unusable.length === 0 ? "No base models yet" : "No usable base models yet"}
          action={<TinyButton actions={actions} />}
        >
          A base model is what a LoRA adapter is trained on. LoRA Desk finds those in the Hugging
          Face cache and in folders that you add; it never downloads one by itself. To try
          everything out first, make the tiny model: it takes about a minute and needs no network.
        </EmptyState>
      )}
      {usable.length > 0 && (
        <div className={styles.table}>
          <ModelTable models={usable} />
        </div>
      )}
      {unusable.length > 0 && (
        <Section title="Cannot be used" aside={String(unusable.length)}>
          <UnusableTable models={unusable} createTiny={actions.createTiny} />
        </Section>
      )}
    </>
  );
}

type TinyButtonProps = { readonly actions: LibraryActions };

function TinyButton({ actions: { createTiny } }: TinyButtonProps) {
  return (
    <Button icon={Sparkles} isBusy={createTiny.isRunning} onClick={createTiny.run}>
      Make the tiny model
    </Button>
  );
}
