type Versioned = { readonly id: string; readonly createdAt: string; readonly updatedAt: string };

/**
 * Puts one item into a list that is ordered newest first. An event may overtake the reply to a
 * list request or come after it, so the item with the later `updatedAt` is kept.
 */
export function withItem<T extends Versioned>(items: readonly T[], item: T): readonly T[] {
  const present = items.find(({ id }) => id === item.id);
  if (present === undefined) return sortNewestFirst([...items, item]);
  if (present.updatedAt > item.updatedAt) return items;
  return items.map((other) => (other.id === item.id ? item : other));
}

/** A fresh list from the core: what it lacks is gone, what is newer here stays. */
export function withFreshList<T extends Versioned>(
  items: readonly T[],
  fresh: readonly T[],
): readonly T[] {
  const present = new Map(items.map((item) => [item.id, item]));
  return sortNewestFirst(
    fresh.map((item) => {
      const known = present.get(item.id);
      return known !== undefined && known.updatedAt > item.updatedAt ? known : item;
    }),
  );
}

function sortNewestFirst<T extends Versioned>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
}
