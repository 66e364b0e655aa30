import { describe, expect, it } from "vitest";
import { pricesSchema } from "../../shared/contract/costs.ts";
import { readPrices, textsOfPrices, withKind } from "./price-texts.ts";

const NONE = textsOfPrices(pricesSchema.parse({}));

describe("prices as text", () => {
  it.each([
    pricesSchema.parse({}),
    pricesSchema.parse({
      currency: "USD",
      electricity: { kind: "flat", perKwh: 0.31 },
      hardwarePerHour: 0.4,
      machineOverheadShare: 0.29,
      unitsPerDollar: 1,
    }),
    pricesSchema.parse({
      electricity: { kind: "by_hour", perKwh: Array.from({ length: 24 }, (_, hour) => hour / 100) },
    }),
  ])("come back as they were", (prices) => {
    expect(readPrices(textsOfPrices(prices))).toEqual({
      values: prices,
      problems: {},
      wrongHours: [],
    });
  });

  it("say of each field what is wrong", () => {
    const read = readPrices({
      ...NONE,
      currency: "euro",
      kind: "flat",
      perKwh: "0,31",
      hardwarePerHour: "-1",
      overheadPercent: "900",
      unitsPerDollar: "0",
    });
    expect(read.values).toBeNull();
    expect(Object.keys(read.problems).toSorted()).toEqual([
      "currency",
      "hardwarePerHour",
      "overheadPercent",
      "perKwh",
      "unitsPerDollar",
    ]);
    expect(read.problems.perKwh).toBe("Use a point for decimals.");
  });

  it("name the hours that have no price", () => {
    const byHour = NONE.byHour.map((_, hour) => (hour === 7 ? "x" : "0.2"));
    expect(readPrices({ ...NONE, kind: "by_hour", byHour }).wrongHours).toEqual([7]);
  });

  it("ignore what is not asked for", () => {
    expect(readPrices({ ...NONE, kind: "none", perKwh: "x" }).problems).toEqual({});
  });
});

it("begins the hours with the one price", () => {
  const texts = withKind({ ...NONE, kind: "flat", perKwh: "0.3" }, "by_hour");
  expect(new Set(texts.byHour)).toEqual(new Set(["0.3"]));
  const kept = withKind({ ...texts, byHour: texts.byHour.map(() => "0.1") }, "by_hour");
  expect(kept.byHour[0]).toBe("0.1");
});
