import type { Damage } from "./damage.ts";

/** What happens to tables: half-run scripts, well-meant changes. */
export const tableDamages: Damage[] = [
  {
    name: "a missing table",
    sql: "drop table public.notifications",
    area: "tables",
    subject: "notifications",
    problem: /notifications is missing/,
  },
  {
    name: "a missing column",
    sql: "alter table public.datasets drop column total_tokens",
    area: "tables",
    subject: "datasets",
    problem: /no column total_tokens \(bigint\)/,
  },
  {
    name: "a missing column with an index and a rule",
    sql: "alter table public.datasets drop column sha256",
    area: "tables",
    subject: "datasets",
    problem: /no column sha256/,
  },
  {
    name: "an additional column",
    sql: "alter table public.cost_records add column tip numeric",
    area: "tables",
    subject: "cost_records",
    problem: /column tip that no migration knows \(9 columns instead of 8\)/,
  },
  {
    name: "a column of another type",
    sql: "alter table public.training_jobs alter column total_steps type bigint",
    area: "tables",
    subject: "training_jobs",
    problem: /total_steps as bigint instead of integer/,
  },
  {
    name: "a column that may be null",
    sql: "alter table public.model_artifacts alter column files drop not null",
    area: "tables",
    subject: "model_artifacts",
    problem: /allows null in files/,
  },
  {
    name: "a missing default",
    sql: "alter table public.datasets alter column user_id drop default",
    area: "tables",
    subject: "datasets",
    problem: /default of user_id instead of auth\.uid\(\)/,
  },
  {
    name: "a missing primary key",
    sql: "alter table public.cost_records drop constraint cost_records_pkey",
    area: "tables",
    subject: "cost_records",
    problem: /primary key \(none\) instead of \(id\)/,
  },
  {
    name: "a status that was let in",
    sql: `alter table public.datasets drop constraint datasets_status_check;
      alter table public.datasets add constraint datasets_status_check
        check (status in ('importing', 'ready', 'rejected', 'shiny'))`,
    area: "tables",
    subject: "datasets",
    problem: /rule datasets_status_check as .*shiny/,
  },
  {
    name: "a missing rule",
    sql: "alter table public.metrics_points drop constraint metrics_points_job_id_step_key",
    area: "tables",
    subject: "metrics_points",
    problem: /lacks the rule metrics_points_job_id_step_key: UNIQUE \(job_id, step\)/,
  },
  {
    name: "a missing trigger",
    sql: "drop trigger training_jobs_updated_at on public.training_jobs",
    area: "tables",
    subject: "training_jobs",
    problem: /no trigger training_jobs_updated_at/,
  },
  {
    name: "a trigger that was switched off",
    sql: "alter table public.datasets disable trigger datasets_feed",
    area: "tables",
    subject: "datasets",
    problem: /trigger datasets_feed switched off/,
  },
  {
    name: "a trigger that fires for replicas only",
    sql: "alter table public.training_jobs enable replica trigger training_jobs_feed",
    area: "tables",
    subject: "training_jobs",
    problem: /trigger training_jobs_feed switched off/,
  },
  {
    name: "a table that a crash would empty",
    sql: "alter table public.notifications set unlogged",
    area: "tables",
    subject: "notifications",
    problem: /notifications is unlogged/,
  },
  {
    name: "a dropped index",
    sql: "drop index public.training_jobs_dataset",
    area: "indexes",
    subject: "training_jobs",
    problem: /no index training_jobs_dataset/,
  },
  {
    name: "an index of the same name on something else",
    sql: `drop index public.sync_changes_feed;
      create index sync_changes_feed on public.sync_changes (recorded_at)`,
    area: "indexes",
    subject: "sync_changes",
    problem: /sync_changes_feed as .*recorded_at/,
  },
  {
    name: "an index of a constraint that is not valid",
    sql: `update pg_index set indisvalid = false
      where indexrelid = 'public.metrics_points_job_id_step_key'::regclass`,
    area: "indexes",
    subject: "metrics_points",
    problem: /metrics_points_job_id_step_key of metrics_points is not valid/,
  },
];
