import { describe, expect, it } from "vitest";
import { formatEnergy, formatHours, formatMoney } from "./money.ts";
import { UNKNOWN } from "./numbers.ts";

describe("formatMoney", () => {
  it("writes the currency's sign and hundredths", () => {
    expect(formatMoney(1234.5, "EUR")).toBe("€1,234.50");
    expect(formatMoney(0, "USD")).toBe("$0.00");
  });

  it("tells a tiny amount from nothing, and nothing from what is not known", () => {
    expect(formatMoney(0.0012, "EUR")).toBe("< €0.01");
    expect(formatMoney(null, "EUR")).toBe(UNKNOWN);
  });

  it("takes any code that a person may type", () => {
    expect(formatMoney(2, "XYZ")).toContain("2.00");
  });
});

describe("formatEnergy", () => {
  it.each([
    [null, UNKNOWN],
    [0, "0 kWh"],
    [0.0125, "12.5 Wh"],
    [3.418, "3.42 kWh"],
    [1520.4, "1,520 kWh"],
  ])("%s kWh is %s", (energy, words) => expect(formatEnergy(energy)).toBe(words));
});

describe("formatHours", () => {
  it.each([
    [0, "0 s"],
    [0.52, "31 min 12 s"],
    [1.5219, "1.52 h"],
    [152.4, "152 h"],
  ])("%s hours are %s", (hours, words) => expect(formatHours(hours)).toBe(words));
});
