import type { Queue } from "../../shared/contract/queue.ts";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type QueueSlice = { readonly queue: Loadable<Queue> };

export const emptyQueueSlice: QueueSlice = { queue: LOADING };
