import { useState } from "react";
import type { FormEvent } from "react";
import type { Prices } from "../../shared/contract/costs.ts";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { Note } from "../controls/note.tsx";
import { Segments } from "../controls/segments.tsx";
import { TextInput } from "../controls/text-input.tsx";
import { HourPrices } from "./hour-prices.tsx";
import { readPrices, textsOfPrices, withKind } from "./price-texts.ts";
import type { PriceField, PriceKind } from "./price-texts.ts";
import styles from "./prices-form.module.css";
import { useSetPrices } from "./use-set-prices.ts";

const KINDS = [
  { value: "none", label: "Not set" },
  { value: "flat", label: "One price" },
  { value: "by_hour", label: "By hour" },
] as const satisfies readonly { value: PriceKind; label: string }[];

type PricesFormProps = { readonly prices: Prices };

/** What electricity and the machine cost. What is in the books already keeps its price. */
export function PricesForm({ prices }: PricesFormProps) {
  const [texts, setTexts] = useState(() => textsOfPrices(prices));
  const { run, isRunning, error } = useSetPrices();
  const { values, problems, wrongHours } = readPrices(texts);
  const isChanged = JSON.stringify(texts) !== JSON.stringify(textsOfPrices(prices));
  const set = (field: Exclude<PriceField, "byHour">) => (text: string) =>
    setTexts((before) => ({ ...before, [field]: text }));
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (values !== null) run(values);
  };
  const currency = texts.currency.trim().toUpperCase();
  return (
    <form className={styles.form} onSubmit={send} aria-label="Prices" noValidate>
      <div className={styles.kind}>
        <span className={styles.label}>Electricity</span>
        <Segments<PriceKind>
          label="Price of electricity"
          segments={KINDS}
          value={texts.kind}
          onChange={(kind) => setTexts((before) => withKind(before, kind))}
        />
      </div>
      {texts.kind === "by_hour" && (
        <HourPrices
          texts={texts.byHour}
          wrongHours={wrongHours}
          problem={problems.byHour}
          unit={`${currency} per kWh`}
          onChange={(byHour) => setTexts((before) => ({ ...before, byHour }))}
        />
      )}
      <div className={styles.fields}>
        {texts.kind === "flat" && (
          <Field label="Price per kWh" problem={problems.perKwh}>
            <TextInput
              value={texts.perKwh}
              onChange={set("perKwh")}
              unit={`${currency}/kWh`}
              isNumber
            />
          </Field>
        )}
        <Field label="Currency" hint="Three letters" problem={problems.currency}>
          <TextInput value={texts.currency} onChange={set("currency")} maxLength={3} />
        </Field>
        <Field
          label="Hardware"
          hint="Purchase and wear, per hour of training. Empty: left out."
          problem={problems.hardwarePerHour}
        >
          <TextInput
            value={texts.hardwarePerHour}
            onChange={set("hardwarePerHour")}
            placeholder="left out"
            unit={`${currency}/h`}
            isNumber
          />
        </Field>
        <Field
          label="Rest of the machine"
          hint="What it takes besides, as a share of the GPUs’ energy."
          problem={problems.overheadPercent}
        >
          <TextInput
            value={texts.overheadPercent}
            onChange={set("overheadPercent")}
            unit="%"
            isNumber
          />
        </Field>
        {currency !== "USD" && (
          <Field
            label="One US dollar"
            hint="For the comparison with the cloud. Empty: a typical rate."
            problem={problems.unitsPerDollar}
          >
            <TextInput
              value={texts.unitsPerDollar}
              onChange={set("unitsPerDollar")}
              placeholder="typical rate"
              unit={currency}
              isNumber
            />
          </Field>
        )}
      </div>
      {error !== null && (
        <Note tone="bad" title="The prices were not saved">
          {error.message}
        </Note>
      )}
      <p className={styles.hint}>
        New prices count for attempts that end from now on; what is in the books stays as it is.
      </p>
      <div className={styles.buttons}>
        <Button look="primary" isSubmit isBusy={isRunning} disabled={values === null || !isChanged}>
          Save prices
        </Button>
        {isChanged && (
          <Button look="quiet" onClick={() => setTexts(textsOfPrices(prices))}>
            Undo changes
          </Button>
        )}
      </div>
    </form>
  );
}
