import type { Prices } from "../../shared/contract/costs.ts";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import type { Loadable } from "../core/loadable.ts";
import { PricesForm } from "./prices-form.tsx";

type PricesSectionProps = { readonly prices: Loadable<Prices> };

export function PricesSection({ prices }: PricesSectionProps) {
  return (
    <Section title="Prices">
      {prices.state === "loading" && <Skeleton label="prices" rows={4} />}
      {prices.state === "failed" && (
        <Note tone="bad" title="The prices could not be fetched">
          {prices.error.message}
        </Note>
      )}
      {prices.state === "ready" && (
        // Prices that were set elsewhere begin the form anew.
        <PricesForm key={JSON.stringify(prices.value)} prices={prices.value} />
      )}
    </Section>
  );
}
