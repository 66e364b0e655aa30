import { describe, expect, it } from "vitest";
import { jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
import { NO_JOB, accountingFacts, predecessorOptions } from "./accounting-words.ts";

const job = (id: string, status: Job["status"]): Job => ({ id, name: `job ${id}`, status }) as Job;
const JOBS = [job("a", "running"), job("b", "queued"), job("c", "completed"), job("d", "failed")];

describe("predecessorOptions", () => {
  const values = (ownId: string | null, present: string | null) =>
    predecessorOptions(JOBS, ownId, present).map(({ value }) => value);

  it("offers jobs that have still to end, but not the job itself", () => {
    expect(values(null, null)).toEqual([NO_JOB, "a", "b"]);
    expect(values("b", null)).toEqual([NO_JOB, "a"]);
  });

  it("keeps what a job waits for already", () => {
    expect(values("b", "d")).toEqual([NO_JOB, "a", "d"]);
  });
});

it("says in words how a job stands", () => {
  const accounting = { ...jobAccountingSchema.parse({}), afterJobId: "a", retries: 1 };
  const words = Object.fromEntries(
    accountingFacts(accounting, JOBS).map(({ name, value }) => [name, value]),
  );
  expect(words).toMatchObject({ "Runs after": "job a", "Tried again": "once", Project: "none" });
});
