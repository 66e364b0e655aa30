import { Link } from "@tanstack/react-router";
import { Coins } from "lucide-react";
import type { Result } from "../../shared/contract/contract.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Figures } from "../controls/figures.tsx";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useRequest } from "../core/use-request.ts";
import { formatEnergy, formatHours, formatMoney } from "../format/money.ts";
import { formatShare } from "../format/numbers.ts";
import { formatDuration } from "../format/time.ts";
import { TabBody } from "../jobs/tab-body.tsx";
import { AttemptTable } from "./attempt-table.tsx";
import { cloudWords, ownCost, sumOf } from "./cost-sum.ts";
import type { CostSum } from "./cost-sum.ts";
import { useCostRevision } from "./use-cost-revision.ts";

type JobCostProps = { readonly job: Job };

/** What a run has taken of energy and money, and what it would have cost elsewhere. */
export function JobCost({ job }: JobCostProps) {
  const revision = useCostRevision(job.id);
  const cost = useRequest("costs.ofJob", { id: job.id }, revision);
  return (
    <TabBody>
      {cost.state === "loading" && <Skeleton label="costs" rows={5} rowHeight={20} />}
      {cost.state === "failed" && (
        <Note tone="bad" title="The costs could not be fetched">
          {cost.error.message}
        </Note>
      )}
      {cost.state === "ready" && cost.value.attempts.length === 0 && (
        <EmptyState icon={Coins} title="Nothing spent yet">
          From its first attempt on, the energy that the GPUs of this run take and its price are
          here.
        </EmptyState>
      )}
      {cost.state === "ready" && cost.value.attempts.length > 0 && <Costs {...cost.value} />}
    </TabBody>
  );
}

function Costs({ currency, attempts }: Result<"costs.ofJob">) {
  const sum = sumOf(attempts);
  const own = ownCost(sum);
  return (
    <>
      <Figures
        label="Costs of this run"
        figures={[
          { name: "Energy of the GPUs", value: formatEnergy(sum.energyKwh) },
          { name: "Electricity", value: formatMoney(sum.energyCost, currency) },
          { name: "Hardware", value: formatMoney(sum.hardwareCost, currency) },
          { name: "Here, together", value: formatMoney(own, currency) },
          {
            name: "Same GPU-hours in the cloud",
            value: formatMoney(sum.cloudCost, currency),
            detail: cloudWords(own, sum.cloudCost),
          },
        ]}
      />
      <GapNote sum={sum} />
      {own === null && (
        <Note tone="info" title="Nothing has a price yet">
          <Link to="/costs">Enter what electricity and the machine cost</Link>: it counts for every
          attempt that ends from then on.
        </Note>
      )}
      <Section title="Attempts">
        <AttemptTable currency={currency} attempts={attempts} />
      </Section>
    </>
  );
}

type GapNoteProps = { readonly sum: CostSum };

/** Nothing is assumed for the time without a power sample, so the energy is a lower bound. */
function GapNote({ sum }: GapNoteProps) {
  const { gpuSeconds, gapGpuSeconds, energyKwh } = sum;
  if (gpuSeconds === 0) {
    return (
      <Note tone="info" title="A run on the CPU">
        Its energy is not measured: no sensor tells what a CPU takes for one program.
      </Note>
    );
  }
  if (gapGpuSeconds < 1) return null;
  const share = formatShare(gapGpuSeconds / gpuSeconds);
  if (energyKwh === null) {
    return (
      <Note tone="warning" title="The power of the GPUs is not known">
        The driver told none in {formatHours(gpuSeconds / 3600)} of GPU time. Nothing is assumed in
        its place.
      </Note>
    );
  }
  return (
    <Note
      tone="info"
      title={`The power is not known for ${formatDuration(gapGpuSeconds)} of GPU time`}
    >
      That is {share} of it. Nothing is assumed for the gaps, so the run took somewhat more.
    </Note>
  );
}
