import type { GpuReport } from "../../shared/contract/gpus.ts";
import { describeDriver } from "./driver-state.ts";
import { type GraphicsCard, listGraphicsCards } from "./graphics-cards.ts";
import type { GpuQueryAnswer } from "./query-gpus.ts";

type Driver = GpuReport["driver"];

/** Puts each answer into words, and logs the driver's state whenever it changes. */
export function createDriverWords(
  platform: NodeJS.Platform,
  log: (message: string, details?: Record<string, unknown>) => void,
): (answer: GpuQueryAnswer) => Promise<Driver> {
  let cards: Promise<GraphicsCard[]> | null = null;
  let lastDriver = "";

  /** Only where no driver can speak for the cards: see `listGraphicsCards`. */
  const cardsFor = async (answer: GpuQueryAnswer): Promise<GraphicsCard[]> => {
    if (answer.kind !== "not_installed") return [];
    cards ??= listGraphicsCards();
    return cards;
  };

  return async (answer) => {
    const driver = describeDriver(answer, await cardsFor(answer), platform);
    const key = JSON.stringify(driver);
    if (key !== lastDriver) log("GPU driver", driver);
    lastDriver = key;
    return driver;
  };
}
