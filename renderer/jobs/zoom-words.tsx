import type { ChartRange } from "../charts/chart-series.ts";
import { Button } from "../controls/button.tsx";
import { formatCount } from "../format/numbers.ts";

type ZoomWordsProps = { readonly zoom: ChartRange | null; readonly onWhole: () => void };

/** Which steps the charts show, and the way back to all of them. */
export function ZoomWords({ zoom, onWhole }: ZoomWordsProps) {
  if (zoom === null) return <span>Drag to zoom</span>;
  return (
    <>
      <span>
        Steps {formatCount(zoom.from)}–{formatCount(zoom.to)}
      </span>
      <Button size="small" onClick={onWhole}>
        Whole run
      </Button>
    </>
  );
}
