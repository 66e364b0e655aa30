/*
 * How figures are written everywhere in the window: rounded to what matters, always with their
 * unit. A figure that is not known is written as an en dash, never as 0.
 */
export const UNKNOWN = "–";

const THIN_SPACE = "\u202f";
const wholeNumber = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** 7473 → "7,473". */
export function formatCount(value: number): string {
  return wholeNumber.format(value);
}

/** "1 row", "7,473 rows". */
export function formatCountOf(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** Three significant figures with a scale letter: 950 → "950", 12_431 → "12.4k", 8.03e9 → "8.03B". */
export function formatCompact(value: number): string {
  const scales: readonly (readonly [number, string])[] = [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ];
  for (const [index, [size, letter]] of scales.entries()) {
    if (Math.abs(value) < size * 0.9995) continue;
    const scaled = significant(value / size, 3);
    const larger = scales[index - 1];
    // 999_950 rounds up to "1000k": write it in the next scale.
    if (Math.abs(Number(scaled)) >= 1000 && larger !== undefined) {
      return `${significant(value / larger[0], 3)}${larger[1]}`;
    }
    return `${scaled}${letter}`;
  }
  return significant(value, 3);
}

/** Loss to four decimals (1.2834); very small or very large ones in scientific notation. */
export function formatLoss(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return formatScientific(value);
  return size >= 1000 ? formatCompact(value) : value.toFixed(4);
}

/** Learning rate as people write it: 2e-4, 1.53e-5, 0. */
export function formatLearningRate(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return formatScientific(value);
}

export function formatTokensPerSecond(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  return `${formatCompact(value)} tok/s`;
}

/** `share` is 0 to 1. Never rounds up to 100 % before the end is reached. */
export function formatShare(share: number): string {
  const percent = Math.min(1, Math.max(0, share)) * 100;
  if (percent >= 100) return `100${THIN_SPACE}%`;
  return `${Math.floor(percent)}${THIN_SPACE}%`;
}

export function formatPercent(value: number | null): string {
  return value === null ? UNKNOWN : `${Math.round(value)}${THIN_SPACE}%`;
}

export function formatTemperature(celsius: number | null): string {
  return celsius === null ? UNKNOWN : `${Math.round(celsius)}${THIN_SPACE}°C`;
}

export function formatPower(watts: number | null): string {
  return watts === null ? UNKNOWN : `${Math.round(watts)}${THIN_SPACE}W`;
}

/** A measured figure with no fixed scale, such as a gradient norm: four significant figures. */
export function formatMeasure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return formatScientific(value);
  return significant(value, 4);
}

function formatScientific(value: number): string {
  if (value === 0) return "0";
  const [mantissa = "0", exponent = "0"] = value.toExponential(2).split("e");
  return `${Number(mantissa)}e${Number(exponent)}`;
}

function significant(value: number, figures: number): string {
  return String(Number(value.toPrecision(figures)));
}
