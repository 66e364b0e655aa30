/** Only what looks like a decimal number is one: `Number` also reads "", "0x10" and "Infinity". */
export function decimalNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
