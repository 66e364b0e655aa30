import { AppError } from "../../shared/app-error.ts";

/** `0,5,10-12` → 0, 5, 10, 11, 12. @throws AppError `invalid_input` */
export function rowNumbers(text: string, atMost: number): number[] {
  const rows: number[] = [];
  for (const part of text.split(",")) {
    const found = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part);
    const first = Number(found?.[1]);
    const last = Number(found?.[2] ?? found?.[1]);
    if (found === null || last < first) {
      throw new AppError("invalid_input", `“${text}” names no rows. For example: 0,5,10-12`);
    }
    if (rows.length + last - first >= atMost) {
      throw new AppError("invalid_input", `At most ${atMost} rows at a time: “${text}” are more.`);
    }
    for (let row = first; row <= last; row++) rows.push(row);
  }
  return rows;
}
