import type { Hub } from "../gateway/hub.ts";

/** What the parts of the core need of its hub. */
export type PartsHub = Pick<Hub, "publish" | "subscribe" | "watch">;
