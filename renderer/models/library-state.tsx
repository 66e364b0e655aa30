import type { ModelLibrary } from "../../shared/contract/models.ts";
import { useNow } from "../core/use-now.ts";
import { formatCount, formatCountOf } from "../format/numbers.ts";
import { formatAgo } from "../format/time.ts";
import { groupModels } from "./model-groups.ts";

const AGO_EVERY_MS = 15_000;

type LibraryStateProps = { readonly library: ModelLibrary };

/** The page's line of state. */
export function LibraryState({ library }: LibraryStateProps) {
  const now = useNow(AGO_EVERY_MS);
  const { readyCount, unusable } = groupModels(library.models);
  const parts = [
    `${formatCountOf(readyCount, "base model")} ready`,
    unusable.length === 0 ? null : `${formatCount(unusable.length)} cannot be used`,
    library.scannedAt === null ? "not scanned yet" : `scanned ${formatAgo(library.scannedAt, now)}`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
