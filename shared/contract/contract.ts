import type { z } from "zod";
import { accountProcedures, accountTopics } from "./accounts.ts";
import { costProcedures, costTopics } from "./costs.ts";
import { datasetProcedures, datasetTopics } from "./datasets.ts";
import { elsewhereProcedures, elsewhereTopics } from "./elsewhere.ts";
import { environmentProcedures, environmentTopics } from "./environment.ts";
import { exportProcedures, exportTopics } from "./exports.ts";
import { gpuProcedures, gpuTopics } from "./gpus.ts";
import { jobProcedures, jobTopics } from "./jobs.ts";
import { modelProcedures, modelTopics } from "./models.ts";
import { noticeProcedures, noticeTopics } from "./notifications.ts";
import { preflightProcedures } from "./preflight.ts";
import { queueProcedures, queueTopics } from "./queue.ts";
import { settingsProcedures, settingsTopics } from "./settings.ts";
import { supabaseProcedures } from "./supabase.ts";
import { syncProcedures, syncTopics } from "./sync.ts";
import { teamProcedures } from "./teams.ts";
import { tokenProcedures } from "./tokens.ts";
import { transferProcedures, transferTopics } from "./transfers.ts";

/** Everything a client may ask for. The one place where transports, core and window meet. */
export const procedures = {
  ...settingsProcedures,
  ...environmentProcedures,
  ...datasetProcedures,
  ...tokenProcedures,
  ...modelProcedures,
  ...gpuProcedures,
  ...jobProcedures,
  ...queueProcedures,
  ...exportProcedures,
  ...costProcedures,
  ...preflightProcedures,
  ...noticeProcedures,
  ...supabaseProcedures,
  ...accountProcedures,
  ...syncProcedures,
  ...transferProcedures,
  ...elsewhereProcedures,
  ...teamProcedures,
} as const;

/** Everything a client may listen to. */
export const topics = {
  ...settingsTopics,
  ...environmentTopics,
  ...datasetTopics,
  ...modelTopics,
  ...gpuTopics,
  ...jobTopics,
  ...queueTopics,
  ...exportTopics,
  ...costTopics,
  ...noticeTopics,
  ...accountTopics,
  ...syncTopics,
  ...transferTopics,
  ...elsewhereTopics,
} as const;

export type Method = keyof typeof procedures;
export type Params<M extends Method> = z.input<(typeof procedures)[M]["input"]>;
export type ParsedParams<M extends Method> = z.output<(typeof procedures)[M]["input"]>;
export type Result<M extends Method> = z.output<(typeof procedures)[M]["output"]>;

export type Topic = keyof typeof topics;
export type TopicData<T extends Topic> = z.output<(typeof topics)[T]>;

/** Who asks: the desktop window, a browser on the loopback port, or a program of the same user. */
export type Caller = "desktop" | "browser" | "local";

export type Handler<M extends Method> = (
  params: ParsedParams<M>,
  caller: Caller,
) => Result<M> | Promise<Result<M>>;
export type Handlers<M extends Method = Method> = { readonly [K in M]: Handler<K> };

/** `key` narrows a topic to one thing (a job id); listeners without a key hear everything. */
export type Publish = <T extends Topic>(topic: T, data: TopicData<T>, key?: string) => void;

/** The client's side of either transport. */
export interface CoreClient {
  request<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Returns the function that ends the subscription. */
  subscribe<T extends Topic>(
    topic: T,
    listener: (data: TopicData<T>) => void,
    key?: string,
  ): () => void;
  /** Settles when the core has gone for good; absent where it cannot go before its client. */
  readonly closed?: Promise<void>;
}
