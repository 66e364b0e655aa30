import { graphics } from "systeminformation";

/** A card on the machine's bus, whether or not a driver serves it. */
export interface GraphicsCard {
  vendor: string;
  model: string;
  isNvidia: boolean;
}

/**
 * Lists the graphics cards through systeminformation, which knows each platform's way to ask
 * (lspci, PowerShell, system_profiler). Call it only where nvidia-smi is not installed: where it
 * is, systeminformation runs it synchronously and without a timeout, and a hanging driver would
 * stop the app.
 *
 * @returns an empty list when they cannot be listed.
 */
export async function listGraphicsCards(): Promise<GraphicsCard[]> {
  const { controllers } = await graphics().catch(() => ({ controllers: [] }));
  return controllers
    .map(({ vendor, model }) => ({ vendor: vendor ?? "", model: model ?? "" }))
    .filter(({ vendor, model }) => vendor !== "" || model !== "")
    .map(({ vendor, model }) => ({
      vendor,
      model,
      isNvidia: /nvidia/i.test(`${vendor} ${model}`),
    }));
}
