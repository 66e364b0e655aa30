import type { SeededRandom } from "../torture/seeded-random.ts";

/** UUIDs that come again with the same seed. */
export function createSeededIds(random: SeededRandom): () => string {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random.upTo(16)).toString(16)).join("");
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}
