import { AppError } from "../../shared/app-error.ts";

/** Picks by exact id, by exact name, or by the beginning of an id when only one begins so. */
export function findByIdOrName<T extends { id: string; name: string }>(
  items: readonly T[],
  which: string,
  noun: string,
  /** The command that shows what there is. */
  list = `lora-desk ${noun}s list`,
): T {
  const exact = items.find(({ id }) => id === which);
  if (exact !== undefined) return exact;
  const named = items.filter(({ name }) => name === which);
  const matches = named.length > 0 ? named : items.filter(({ id }) => id.startsWith(which));
  const [first] = matches;
  if (first !== undefined && matches.length === 1) return first;
  const problem = matches.length === 0 ? `There is no ${noun}` : `${matches.length} ${noun}s are`;
  throw new AppError(
    matches.length === 0 ? "not_found" : "conflict",
    `${problem} called “${which}”. \`${list}\` shows the ids.`,
  );
}
