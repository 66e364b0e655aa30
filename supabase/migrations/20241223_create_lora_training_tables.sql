-- LoRA Desk: the tables that datasets, training jobs, metrics, adapters, costs and notifications
-- are synced to, and the change feed that lets every workstation catch up exactly.
--
-- Safe to run again. Each table stands with its indexes, its rights and its policies:
--   * a row belongs to one user (user_id; metrics belong to their job's user);
--   * `authenticated` gets the rights named here and row-level security narrows them to own rows;
--   * `anon` gets none. Older projects hand out rights on new tables by themselves, so all are
--     revoked before the wanted ones are granted.

create or replace function public.update_updated_at_column() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at = now();
  return new;
end;
$$;
revoke all on function public.update_updated_at_column() from public, anon, authenticated;


-- datasets ----------------------------------------------------------------------------------------

create table if not exists public.datasets (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null,
  description text not null default '',
  format text
    constraint datasets_format_check
    check (format in ('messages', 'sharegpt', 'alpaca', 'prompt_completion', 'question_answer', 'text')),
  status text not null
    constraint datasets_status_check check (status in ('importing', 'ready', 'rejected')),
  -- In the bucket lora-datasets: <user id>/<sha256>/<file>.
  storage_path text,
  file_name text not null,
  file_size_bytes bigint not null
    constraint datasets_file_size_bytes_check check (file_size_bytes >= 0),
  sha256 text constraint datasets_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  total_training_pairs integer,
  total_validation_pairs integer,
  total_tokens bigint,
  avg_turns_per_conversation double precision,
  avg_tokens_per_turn double precision,
  training_ready boolean not null default false,
  validation_errors jsonb,
  sample_data jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Set instead of deleting: the row is the tombstone.
  deleted_at timestamptz
);

create index if not exists datasets_user_created on public.datasets (user_id, created_at desc);
create index if not exists datasets_user_sha256 on public.datasets (user_id, sha256);

create or replace trigger datasets_updated_at before update on public.datasets
  for each row execute function public.update_updated_at_column();

alter table public.datasets enable row level security;
revoke all on public.datasets from public, anon, authenticated, service_role;
grant select, insert, update on public.datasets to authenticated;
grant select, insert, update, delete on public.datasets to service_role;

drop policy if exists "Users can view own datasets" on public.datasets;
create policy "Users can view own datasets" on public.datasets
  for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "Users can create own datasets" on public.datasets;
create policy "Users can create own datasets" on public.datasets
  for insert to authenticated
  with check ((select auth.uid()) = user_id);
drop policy if exists "Users can update own datasets" on public.datasets;
create policy "Users can update own datasets" on public.datasets
  for update to authenticated
  using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id);


-- training_jobs -----------------------------------------------------------------------------------

create table if not exists public.training_jobs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  dataset_id uuid not null references public.datasets (id),
  -- References model_artifacts, which references this table: the key is added below.
  artifact_id uuid,
  name text not null,
  preset_id text not null
    constraint training_jobs_preset_id_check
    check (preset_id in ('conservative', 'balanced', 'aggressive', 'custom')),
  base_model text not null,
  hyperparameters jsonb not null
    constraint training_jobs_hyperparameters_check check (jsonb_typeof(hyperparameters) = 'object'),
  gpu_config jsonb not null
    constraint training_jobs_gpu_config_check check (jsonb_typeof(gpu_config) = 'object'),
  -- The machine that runs the job. Its status, progress and actual cost are written there only.
  workstation text not null,
  status text not null
    constraint training_jobs_status_check
    check (status in ('draft', 'queued', 'preparing', 'running', 'stopping',
      'completed', 'stopped', 'failed', 'interrupted')),
  -- How other machines ask for something: the job's own workstation acts on it.
  desired_state text
    constraint training_jobs_desired_state_check check (desired_state in ('running', 'stopped')),
  progress double precision not null default 0
    constraint training_jobs_progress_check check (progress between 0 and 1),
  current_epoch double precision not null default 0,
  current_step integer not null default 0,
  total_steps integer not null default 0,
  retry_count integer not null default 0,
  estimated_cost numeric(14, 6),
  actual_cost numeric(14, 6),
  error_message text,
  queued_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index if not exists training_jobs_user_created
  on public.training_jobs (user_id, created_at desc);
create index if not exists training_jobs_user_status on public.training_jobs (user_id, status);
create index if not exists training_jobs_dataset on public.training_jobs (dataset_id);
create index if not exists training_jobs_artifact on public.training_jobs (artifact_id);

create or replace trigger training_jobs_updated_at before update on public.training_jobs
  for each row execute function public.update_updated_at_column();


-- metrics_points ----------------------------------------------------------------------------------

create table if not exists public.metrics_points (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references public.training_jobs (id) on delete cascade,
  step integer not null constraint metrics_points_step_check check (step >= 0),
  epoch double precision not null,
  -- Null where it was not finite.
  training_loss double precision,
  validation_loss double precision,
  learning_rate double precision,
  gradient_norm double precision,
  -- Tokens per second, milliseconds per step, memory, and what the GPUs drew.
  system_metrics jsonb,
  recorded_at timestamptz not null default now(),
  constraint metrics_points_job_id_step_key unique (job_id, step)
);

create index if not exists metrics_points_validation
  on public.metrics_points (job_id, step) where validation_loss is not null;


-- model_artifacts ---------------------------------------------------------------------------------

create table if not exists public.model_artifacts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  job_id uuid not null references public.training_jobs (id) on delete cascade,
  dataset_id uuid not null references public.datasets (id),
  name text not null,
  version integer not null default 1,
  description text not null default '',
  status text not null
    constraint model_artifacts_status_check
    check (status in ('local', 'uploading', 'stored', 'deleted')),
  -- In the bucket lora-models: <user id>/<sha256>/<file>.
  storage_path text,
  files jsonb not null
    constraint model_artifacts_files_check check (jsonb_typeof(files) = 'array'),
  quality_metrics jsonb not null
    constraint model_artifacts_quality_metrics_check check (jsonb_typeof(quality_metrics) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);

create index if not exists model_artifacts_user_created
  on public.model_artifacts (user_id, created_at desc);
create index if not exists model_artifacts_job on public.model_artifacts (job_id);
create index if not exists model_artifacts_dataset on public.model_artifacts (dataset_id);

create or replace trigger model_artifacts_updated_at before update on public.model_artifacts
  for each row execute function public.update_updated_at_column();

-- `add constraint` knows no `if not exists`.
do $$
begin
  if not exists (
    select from pg_catalog.pg_constraint
    where conrelid = 'public.training_jobs'::regclass and conname = 'training_jobs_artifact_id_fkey'
  ) then
    alter table public.training_jobs add constraint training_jobs_artifact_id_fkey
      foreign key (artifact_id) references public.model_artifacts (id) on delete set null;
  end if;
end
$$;

-- A foreign key does not ask whose row it points to, so the policies of both tables do: nobody may
-- tie a row to what belongs to somebody else.
alter table public.training_jobs enable row level security;
revoke all on public.training_jobs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.training_jobs to authenticated;
grant select, insert, update, delete on public.training_jobs to service_role;

drop policy if exists "Users can view own training jobs" on public.training_jobs;
create policy "Users can view own training jobs" on public.training_jobs
  for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "Users can create own training jobs" on public.training_jobs;
create policy "Users can create own training jobs" on public.training_jobs
  for insert to authenticated
  with check (
    (select auth.uid()) = user_id
    and dataset_id in (select d.id from public.datasets d where d.user_id = (select auth.uid()))
    and (artifact_id is null or artifact_id in (
      select a.id from public.model_artifacts a where a.user_id = (select auth.uid())))
  );
drop policy if exists "Users can update own training jobs" on public.training_jobs;
create policy "Users can update own training jobs" on public.training_jobs
  for update to authenticated
  using ((select auth.uid()) = user_id)
  with check (
    (select auth.uid()) = user_id
    and dataset_id in (select d.id from public.datasets d where d.user_id = (select auth.uid()))
    and (artifact_id is null or artifact_id in (
      select a.id from public.model_artifacts a where a.user_id = (select auth.uid())))
  );
drop policy if exists "Users can delete own training jobs" on public.training_jobs;
create policy "Users can delete own training jobs" on public.training_jobs
  for delete to authenticated
  using ((select auth.uid()) = user_id);

alter table public.metrics_points enable row level security;
revoke all on public.metrics_points from public, anon, authenticated, service_role;
-- Update: a step that is taken again after a resume replaces its figures. Points go with their job.
grant select, insert, update on public.metrics_points to authenticated;
grant select, insert, update, delete on public.metrics_points to service_role;

drop policy if exists "Users can view own metrics" on public.metrics_points;
create policy "Users can view own metrics" on public.metrics_points
  for select to authenticated
  using (job_id in (select j.id from public.training_jobs j where j.user_id = (select auth.uid())));
drop policy if exists "Users can create own metrics" on public.metrics_points;
create policy "Users can create own metrics" on public.metrics_points
  for insert to authenticated
  with check (job_id in (
    select j.id from public.training_jobs j where j.user_id = (select auth.uid())));
drop policy if exists "Users can update own metrics" on public.metrics_points;
create policy "Users can update own metrics" on public.metrics_points
  for update to authenticated
  using (job_id in (select j.id from public.training_jobs j where j.user_id = (select auth.uid())))
  with check (job_id in (
    select j.id from public.training_jobs j where j.user_id = (select auth.uid())));

alter table public.model_artifacts enable row level security;
revoke all on public.model_artifacts from public, anon, authenticated, service_role;
grant select, insert, update on public.model_artifacts to authenticated;
grant select, insert, update, delete on public.model_artifacts to service_role;

drop policy if exists "Users can view own model artifacts" on public.model_artifacts;
create policy "Users can view own model artifacts" on public.model_artifacts
  for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "Users can create own model artifacts" on public.model_artifacts;
create policy "Users can create own model artifacts" on public.model_artifacts
  for insert to authenticated
  with check (
    (select auth.uid()) = user_id
    and job_id in (select j.id from public.training_jobs j where j.user_id = (select auth.uid()))
    and dataset_id in (select d.id from public.datasets d where d.user_id = (select auth.uid()))
  );
drop policy if exists "Users can update own model artifacts" on public.model_artifacts;
create policy "Users can update own model artifacts" on public.model_artifacts
  for update to authenticated
  using ((select auth.uid()) = user_id)
  with check (
    (select auth.uid()) = user_id
    and job_id in (select j.id from public.training_jobs j where j.user_id = (select auth.uid()))
    and dataset_id in (select d.id from public.datasets d where d.user_id = (select auth.uid()))
  );


-- cost_records ------------------------------------------------------------------------------------

create table if not exists public.cost_records (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  -- Money that was spent stays in the books when the job is deleted.
  job_id uuid references public.training_jobs (id) on delete set null,
  cost_type text not null
    constraint cost_records_cost_type_check
    check (cost_type in ('energy', 'gpu_time', 'storage', 'other')),
  -- Negative to correct an earlier record: none is ever changed.
  amount numeric(14, 6) not null,
  -- The currency, and what the amount was worked out from (kWh, hours, price).
  details jsonb not null default '{}'
    constraint cost_records_details_check check (jsonb_typeof(details) = 'object'),
  -- Year and month: 2026-03.
  billing_period text not null
    constraint cost_records_billing_period_check check (billing_period ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  recorded_at timestamptz not null default now()
);

create index if not exists cost_records_user_period on public.cost_records (user_id, billing_period);
create index if not exists cost_records_job on public.cost_records (job_id);

alter table public.cost_records enable row level security;
revoke all on public.cost_records from public, anon, authenticated, service_role;
grant select, insert on public.cost_records to authenticated;
grant select, insert, update, delete on public.cost_records to service_role;

drop policy if exists "Users can view own cost records" on public.cost_records;
create policy "Users can view own cost records" on public.cost_records
  for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "Users can create own cost records" on public.cost_records;
create policy "Users can create own cost records" on public.cost_records
  for insert to authenticated
  with check (
    (select auth.uid()) = user_id
    and (job_id is null or job_id in (
      select j.id from public.training_jobs j where j.user_id = (select auth.uid())))
  );


-- notifications -----------------------------------------------------------------------------------

create table if not exists public.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  type text not null
    constraint notifications_type_check
    check (type in ('job_completed', 'job_stopped', 'job_failed', 'job_interrupted', 'dataset_ready',
      'dataset_rejected', 'artifact_stored', 'cost_limit', 'storage_problem', 'sync_problem', 'system')),
  title text not null,
  message text not null,
  priority text not null default 'normal'
    constraint notifications_priority_check check (priority in ('low', 'normal', 'high', 'urgent')),
  read boolean not null default false,
  -- A view of the app, such as /jobs/<id>.
  action_url text,
  metadata jsonb not null default '{}'
    constraint notifications_metadata_check check (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz not null default now()
);

create index if not exists notifications_user_created
  on public.notifications (user_id, created_at desc);
create index if not exists notifications_unread
  on public.notifications (user_id, created_at desc) where not read;

alter table public.notifications enable row level security;
revoke all on public.notifications from public, anon, authenticated, service_role;
revoke all (read) on public.notifications from public, anon, authenticated, service_role;
grant select, insert on public.notifications to authenticated;
grant update (read) on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;

drop policy if exists "Users can view own notifications" on public.notifications;
create policy "Users can view own notifications" on public.notifications
  for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "Users can create own notifications" on public.notifications;
create policy "Users can create own notifications" on public.notifications
  for insert to authenticated
  with check ((select auth.uid()) = user_id);
-- What has been read on one machine does not become unread through another.
drop policy if exists "Users can mark own notifications as read" on public.notifications;
create policy "Users can mark own notifications as read" on public.notifications
  for update to authenticated
  using ((select auth.uid()) = user_id)
  with check ((select auth.uid()) = user_id and read);


-- sync_changes ------------------------------------------------------------------------------------

-- One entry per changed row and transaction, written by a trigger and by nothing else. It is the
-- log by which operations are applied once, and the feed that workstations read (see
-- 20241225_create_sync_functions.sql).
create table if not exists public.sync_changes (
  id bigint generated always as identity primary key,
  -- The transaction that made the change. Comparable within one epoch only.
  xid xid8 not null default pg_current_xact_id(),
  -- Which database this was, so that a restored or moved project can be told from the former one.
  epoch text not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  table_name text not null
    constraint sync_changes_table_name_check
    check (table_name in ('datasets', 'training_jobs', 'model_artifacts', 'cost_records', 'notifications')),
  row_id uuid not null,
  -- The operation of a workstation's outbox; null for what was changed in other ways.
  op_id uuid,
  action text not null
    constraint sync_changes_action_check check (action in ('insert', 'update', 'delete')),
  -- The columns that an update changed.
  changed_columns text[] not null default '{}',
  -- What names and notes were before, so that an overwritten value is not lost.
  previous jsonb,
  recorded_at timestamptz not null default now()
);

create index if not exists sync_changes_feed on public.sync_changes (user_id, epoch, xid, id);
create index if not exists sync_changes_row on public.sync_changes (table_name, row_id, id);
create unique index if not exists sync_changes_operation
  on public.sync_changes (user_id, op_id) where op_id is not null;

alter table public.sync_changes enable row level security;
revoke all on public.sync_changes from public, anon, authenticated, service_role;
grant select on public.sync_changes to authenticated;
grant select, delete on public.sync_changes to service_role;

drop policy if exists "Users can view own changes" on public.sync_changes;
create policy "Users can view own changes" on public.sync_changes
  for select to authenticated
  using ((select auth.uid()) = user_id);

notify pgrst, 'reload schema';
