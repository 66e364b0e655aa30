import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import { accountingChangeSchema, type JobAccounting } from "../../shared/contract/job-facts.ts";
import { findByIdOrName } from "./find-by-id-or-name.ts";

export interface AccountingOptions {
  priority?: string;
  after?: string;
  shareGpu?: boolean;
  retries?: string;
  project?: string;
}

/** @throws AppError `invalid_input` naming the option that says nothing sensible. */
export async function accountingOf(
  client: CoreClient,
  options: AccountingOptions,
): Promise<Partial<JobAccounting>> {
  const { priority, after, shareGpu, retries, project } = options;
  const afterJobId =
    after === undefined
      ? undefined
      : findByIdOrName(await client.request("jobs.list", {}), after, "job").id;
  const parsed = accountingChangeSchema.safeParse({
    priority,
    afterJobId,
    mayShareGpu: shareGpu,
    retries: retries === undefined ? undefined : Number(retries),
    project,
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError(
      "invalid_input",
      `--${String(issue?.path[0])} cannot be that: ${issue?.message}. There are low, normal and high priority, 0 to 10 retries, and a project of up to 100 letters.`,
    );
  }
  return Object.fromEntries(
    Object.entries(parsed.data).filter(([, value]) => value !== undefined),
  ) as Partial<JobAccounting>;
}
