import { useParams } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import type { Dataset } from "../../shared/contract/datasets.ts";
import { activeAccount } from "../accounts/accounts-slice.ts";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import type { Loadable } from "../core/loadable.ts";
import { valueOr } from "../core/loadable.ts";
import { ElsewhereDatasetDetail } from "../elsewhere/elsewhere-dataset-detail.tsx";
import { DatasetDetail } from "./dataset-detail.tsx";
import { DatasetList } from "./dataset-list.tsx";
import { describeDatasets } from "./dataset-words.ts";
import styles from "./datasets-view.module.css";
import { DropVeil } from "./drop-veil.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { ImportGuide } from "./import-guide.tsx";
import { MissingDataset } from "./missing-dataset.tsx";
import type { ImportDataset } from "./use-import-dataset.ts";
import { useImportDataset } from "./use-import-dataset.ts";
import { useFileDrop } from "./use-file-drop.ts";

/** The list at the left, what is chosen of it at the right; files can be dropped anywhere. */
export function DatasetsView() {
  const { datasetId } = useParams({ strict: false });
  const datasets = useDesk((state) => state.datasets);
  const importing = useImportDataset();
  const isOver = useFileDrop(importing.take);
  const all = valueOr(datasets, []);
  const chosen = all.find(({ id }) => id === datasetId);
  return (
    <Page
      title="Datasets"
      {...(chosen === undefined ? {} : { windowTitle: `${chosen.name} · Datasets` })}
      state={datasets.state === "ready" ? describeDatasets(all) : ""}
      actions={
        <Button look="primary" icon={FileUp} onClick={importing.choose}>
          Import dataset
        </Button>
      }
    >
      <Body datasets={datasets} datasetId={datasetId} chosen={chosen} importing={importing} />
      {isOver && <DropVeil />}
      {importing.asked !== null && (
        <ImportDialog
          asked={importing.asked}
          onAnswer={importing.answer}
          onClose={importing.dismiss}
        />
      )}
    </Page>
  );
}

type BodyProps = {
  readonly datasets: Loadable<readonly Dataset[]>;
  readonly datasetId: string | undefined;
  readonly chosen: Dataset | undefined;
  readonly importing: ImportDataset;
};

function Body({ datasets, datasetId, chosen, importing }: BodyProps) {
  const elsewhere = useDesk((state) => valueOr(state.elsewhere, null));
  const isElsewhereUnknown = useDesk(
    (state) => state.elsewhere.state === "failed" && activeAccount(state) !== null,
  );
  const isSending = useDesk(({ transfers }) => transfers.length > 0);
  if (datasets.state === "loading") {
    return (
      <PageBody>
        <Skeleton label="datasets" rows={6} rowHeight={34} />
      </PageBody>
    );
  }
  if (datasets.state === "failed") {
    return (
      <PageBody width="measure">
        <Note tone="bad" title="The datasets could not be listed">
          {datasets.error.message}
        </Note>
      </PageBody>
    );
  }
  const distant = elsewhere?.datasets.find(({ id }) => id === datasetId);
  const isEmpty = datasets.value.length === 0 && !isSending;
  const isListed = !isEmpty || isElsewhereUnknown || (elsewhere?.datasets.length ?? 0) > 0;
  return (
    <div className={styles.split}>
      {isListed && <DatasetList datasets={datasets.value} />}
      <div className={styles.detail}>
        {chosen !== undefined && <DatasetDetail key={chosen.id} dataset={chosen} />}
        {chosen === undefined && elsewhere !== null && distant !== undefined && (
          <ElsewhereDatasetDetail key={distant.id} dataset={distant} elsewhere={elsewhere} />
        )}
        {chosen === undefined && distant === undefined && datasetId !== undefined && (
          <MissingDataset />
        )}
        {datasetId === undefined && <ImportGuide importing={importing} isFirst={isEmpty} />}
      </div>
    </div>
  );
}
