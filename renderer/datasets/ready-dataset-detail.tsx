import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import { Figures } from "../controls/figures.tsx";
import { TabBar } from "../controls/tab-bar.tsx";
import styles from "./dataset-detail.module.css";
import { datasetFigures } from "./dataset-figures.ts";
import { DatasetRows } from "./dataset-rows.tsx";
import { RejectedRows } from "./rejected-rows.tsx";
import { TokenView } from "./token-view.tsx";

type ReadyDatasetDetailProps = { readonly dataset: ReadyDataset };

type DatasetTab = "rows" | "tokens" | "rejected";

export function ReadyDatasetDetail({ dataset }: ReadyDatasetDetailProps) {
  const { tab } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { id, name, statistics } = dataset;
  const shown: DatasetTab = tab === "rejected" || tab === "tokens" ? tab : "rows";
  const show = (next: DatasetTab): void => {
    void navigate({
      to: "/datasets/$datasetId",
      params: { datasetId: id },
      search: next === "rows" ? {} : { tab: next },
      replace: true,
    });
  };
  return (
    <>
      <div className={styles.figures}>
        <Figures label="Statistics" figures={datasetFigures(statistics)} />
      </div>
      <TabBar
        label="Parts of the dataset"
        tabs={[
          { value: "rows", label: "Rows", count: statistics.rows },
          { value: "tokens", label: "Tokens" },
          { value: "rejected", label: "Left out", count: statistics.rejected },
        ]}
        value={shown}
        onChange={show}
      >
        {shown === "rows" && <DatasetRows id={id} name={name} total={statistics.rows} />}
        {shown === "tokens" && <TokenView dataset={dataset} />}
        {shown === "rejected" && <RejectedRows id={id} name={name} total={statistics.rejected} />}
      </TabBar>
    </>
  );
}
