import type uPlot from "uplot";
import type { ChartMark } from "./chart-series.ts";

type MarkInk = {
  readonly checkpoint: string;
  readonly resumed: string;
  readonly best: string;
  readonly text: string;
  readonly fontFamily: string;
};

/**
 * Checkpoints as small diamonds on the x axis, resumptions as labelled dashed lines, the best
 * value as a labelled ring around its point.
 */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], ink: MarkInk): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const mark of marks) {
    const left = Math.round(plot.valToPos(mark.x, "x", true));
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    if (mark.kind === "best") drawBest(plot, left, plot.valToPos(mark.y, "y", true), ink);
    else if (mark.kind === "resumed") drawResumption(plot, left, ink);
    else drawDiamond(plot, left, ink.checkpoint);
  }
  ctx.restore();
}

function drawDiamond({ ctx, bbox }: uPlot, left: number, color: string): void {
  const half = 3 * window.devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.moveTo(left, bottom - half);
  ctx.lineTo(left + half, bottom);
  ctx.lineTo(left, bottom + half);
  ctx.lineTo(left - half, bottom);
  ctx.fill();
}

function drawResumption({ ctx, bbox }: uPlot, left: number, ink: MarkInk): void {
  const ratio = window.devicePixelRatio;
  ctx.strokeStyle = ink.resumed;
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);

  const isNearRight = left > bbox.left + bbox.width - 60 * ratio;
  ctx.fillStyle = ink.text;
  ctx.font = `${11 * ratio}px ${ink.fontFamily}`;
  ctx.textAlign = isNearRight ? "right" : "left";
  ctx.textBaseline = "top";
  ctx.fillText("resumed", left + (isNearRight ? -5 : 5) * ratio, bbox.top + 2 * ratio);
}

function drawBest({ ctx, bbox }: uPlot, left: number, top: number, ink: MarkInk): void {
  const ratio = window.devicePixelRatio;
  ctx.strokeStyle = ink.best;
  ctx.lineWidth = 1.5 * ratio;
  ctx.beginPath();
  ctx.arc(left, top, 6.5 * ratio, 0, 2 * Math.PI);
  ctx.stroke();

  const isNearTop = top < bbox.top + 24 * ratio;
  ctx.fillStyle = ink.text;
  ctx.font = `${11 * ratio}px ${ink.fontFamily}`;
  ctx.textAlign = left > bbox.left + bbox.width - 24 * ratio ? "right" : "center";
  ctx.textBaseline = isNearTop ? "top" : "bottom";
  ctx.fillText("best", left, top + (isNearTop ? 10 : -10) * ratio);
}
