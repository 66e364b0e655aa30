import { useNavigate, useSearch } from "@tanstack/react-router";
import { Coins, Download } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Section } from "../controls/section.tsx";
import { Segments } from "../controls/segments.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useRequest } from "../core/use-request.ts";
import { valueOr } from "../core/loadable.ts";
import { PricesSection } from "./prices-section.tsx";
import { TotalsTable } from "./totals-table.tsx";
import type { TotalsBy } from "./total-words.ts";
import { useCostCsv } from "./use-cost-csv.ts";
import { useCostRevision } from "./use-cost-revision.ts";

const WAYS = [
  { value: "month", label: "By month" },
  { value: "dataset", label: "By dataset" },
  { value: "project", label: "By project" },
] as const satisfies readonly { value: TotalsBy; label: string }[];

/** What the runs of this machine have taken of energy and money. */
export function CostsView() {
  const { by = "month" } = useSearch({ from: "/costs" });
  const navigate = useNavigate();
  const revision = useCostRevision(null);
  const totals = useRequest("costs.totals", { by }, revision);
  const prices = useRequest("costs.prices", {}, revision);
  const csv = useCostCsv();
  const isEmpty = totals.state === "ready" && totals.value.totals.length === 0;
  const choose = (next: TotalsBy): void => {
    void navigate({ to: "/costs", search: next === "month" ? {} : { by: next }, replace: true });
  };
  return (
    <Page
      title="Costs"
      state="Energy as the GPUs measured it, and what it comes to"
      actions={
        !isEmpty && (
          <Button icon={Download} onClick={csv.run} isBusy={csv.isRunning}>
            Download CSV
          </Button>
        )
      }
    >
      <PageBody>
        <Section
          title="Totals"
          aside={<Segments<TotalsBy> label="Totals" segments={WAYS} value={by} onChange={choose} />}
        >
          {totals.state === "loading" && <Skeleton label="totals" rows={4} rowHeight={24} />}
          {totals.state === "failed" && (
            <Note tone="bad" title="The totals could not be fetched">
              {totals.error.message}
            </Note>
          )}
          {isEmpty && (
            <EmptyState icon={Coins} title="Nothing in the books yet">
              When a run ends, its time, its energy and their price are entered here.
            </EmptyState>
          )}
          {totals.state === "ready" && !isEmpty && (
            <TotalsTable by={by} {...totals.value} prices={valueOr(prices, null)} />
          )}
        </Section>
        <PricesSection prices={prices} />
      </PageBody>
    </Page>
  );
}
