import type { Damage } from "./damage.ts";

/** What happens to rights, policies, buckets and functions: clicks in a dashboard, trials. */
export const accessDamages: Damage[] = [
  {
    name: "row-level security that is off",
    sql: "alter table public.metrics_points disable row level security",
    area: "policies",
    subject: "metrics_points",
    problem: /Row-level security is off for metrics_points/,
  },
  {
    name: "a missing policy",
    sql: 'drop policy "Users can update own datasets" on public.datasets',
    area: "policies",
    subject: "datasets",
    problem: /no policy "Users can update own datasets" \(UPDATE\)/,
  },
  {
    name: "an additional policy",
    sql: 'create policy "Team" on public.datasets for select to authenticated using (true)',
    area: "policies",
    subject: "datasets",
    problem: /policy "Team" .* that no migration knows/,
  },
  {
    name: "a policy that was widened",
    sql: 'alter policy "Users can view own training jobs" on public.training_jobs using (true)',
    area: "policies",
    subject: "training_jobs",
    problem:
      /another policy "Users can view own training jobs": SELECT to authenticated using true/,
  },
  {
    name: "a policy for everybody",
    sql: 'alter policy "Users can view own datasets" on public.datasets to public',
    area: "policies",
    subject: "datasets",
    problem: /SELECT to public/,
  },
  {
    name: "a right for anon",
    sql: "grant select on public.cost_records to anon",
    area: "policies",
    subject: "cost_records",
    problem: /should not: anon: SELECT/,
  },
  {
    name: "the same, as the API shows it",
    sql: "grant select on public.cost_records to anon",
    area: "api",
    subject: "cost_records",
    problem: /without anyone having signed in/,
  },
  {
    name: "a right for everybody on one column",
    sql: "grant update (title) on public.notifications to public",
    area: "policies",
    subject: "notifications",
    problem: /should not: public: UPDATE \(title\)/,
  },
  {
    name: "a right that is missing",
    sql: "revoke insert on public.datasets from authenticated",
    area: "policies",
    subject: "datasets",
    problem: /lacks a right: authenticated: INSERT/,
  },
  {
    name: "a missing foreign key",
    sql: "alter table public.training_jobs drop constraint training_jobs_artifact_id_fkey",
    area: "foreignKeys",
    subject: "training_jobs",
    problem: /no foreign key artifact_id → model_artifacts\.id/,
  },
  {
    name: "a foreign key that deletes",
    sql: `alter table public.cost_records drop constraint cost_records_job_id_fkey;
      alter table public.cost_records add constraint cost_records_job_id_fkey
        foreign key (job_id) references public.training_jobs (id) on delete cascade`,
    area: "foreignKeys",
    subject: "cost_records",
    problem: /ON DELETE CASCADE" instead of/,
  },
  {
    name: "an additional foreign key",
    sql: `alter table public.training_jobs add constraint stray
      foreign key (id) references public.model_artifacts (id) not valid`,
    area: "foreignKeys",
    subject: "training_jobs",
    problem: /id → model_artifacts\.id \(stray\)/,
  },
  {
    name: "a missing bucket",
    sql: `begin;
      set local storage.allow_delete_query = 'true';
      delete from storage.buckets where id = 'lora-models';
      commit`,
    area: "storage",
    subject: "lora-models",
    problem: /bucket lora-models is missing/,
  },
  {
    name: "a wrong limit of a bucket",
    sql: "update storage.buckets set file_size_limit = 52428800 where id = 'lora-datasets'",
    area: "storage",
    subject: "lora-datasets",
    problem: /up to 50 MB instead of 500 MB/,
  },
  {
    name: "a public bucket",
    sql: "update storage.buckets set public = true where id = 'lora-models'",
    area: "storage",
    subject: "lora-models",
    problem: /is public/,
  },
  {
    name: "a bucket for files of every type",
    sql: "update storage.buckets set allowed_mime_types = null where id = 'lora-datasets'",
    area: "storage",
    subject: "lora-datasets",
    problem: /of every kind instead of application\/json/,
  },
  {
    name: "a missing policy of a bucket",
    sql: 'drop policy "Users can delete own models" on storage.objects',
    area: "storage",
    subject: "storage.objects",
    problem: /no policy "Users can delete own models"/,
  },
  {
    name: "a policy that opens all buckets",
    sql: 'create policy "Open" on storage.objects for select using (true)',
    area: "storage",
    subject: "storage.objects",
    problem: /policy "Open"/,
  },
  {
    name: "a policy that lets files of ours be replaced",
    sql: `create policy "Replace" on storage.objects for update using (bucket_id = 'lora-models')`,
    area: "storage",
    subject: "storage.objects",
    problem: /policy "Replace"/,
  },
  {
    name: "a policy for another bucket or any file with an owner",
    sql: `create policy leak on storage.objects for select to public
      using (bucket_id = 'avatars' or owner is not null)`,
    area: "storage",
    subject: "storage.objects",
    problem: /policy "leak"/,
  },
  {
    name: "a policy for all buckets but one",
    sql: `create policy leak on storage.objects for select to public
      using (not (bucket_id = 'avatars' and owner is null))`,
    area: "storage",
    subject: "storage.objects",
    problem: /policy "leak"/,
  },
  {
    name: "a policy that lets another bucket's files be moved into ours",
    sql: `create policy leak on storage.objects for update to public
      using (bucket_id = 'avatars') with check (true)`,
    area: "storage",
    subject: "storage.objects",
    problem: /policy "leak"/,
  },
  {
    name: "a policy by which members would read all models",
    sql: `alter policy "Members can read shared models" on storage.objects
      using (bucket_id = 'lora-models')`,
    area: "storage",
    subject: "storage.objects",
    problem: /another policy "Members can read shared models"/,
  },
  {
    name: "a right to write memberships",
    sql: "grant insert on public.team_members to authenticated",
    area: "policies",
    subject: "team_members",
    problem: /should not: authenticated: INSERT/,
  },
  {
    name: "a share that outlives its user's membership",
    sql: "alter table public.shared_jobs drop constraint shared_jobs_member_fkey",
    area: "foreignKeys",
    subject: "shared_jobs",
    problem: /no foreign key team_id → team_members\.team_id/,
  },
  {
    name: "a missing function",
    sql: "drop function public.pull_changes(text, integer)",
    area: "functions",
    subject: "public.pull_changes",
    problem: /pull_changes is missing/,
  },
  {
    name: "a function of another version",
    sql: `create or replace function public.push_metrics(points jsonb) returns jsonb
      language sql set search_path = '' as 'select points'`,
    area: "functions",
    subject: "public.push_metrics",
    problem: /not the one of this version \(.*other text/,
  },
  {
    name: "a second function of the same name",
    sql: `create function public.push_changes(changes jsonb, force boolean default false)
      returns jsonb language sql as 'select changes'`,
    area: "functions",
    subject: "public.push_changes",
    problem: /another function public\.push_changes\(changes jsonb, force boolean\)/,
  },
  {
    name: "an older function in the place of the promised one",
    sql: `drop function public.push_metrics(jsonb);
      create function public.push_metrics(rows jsonb) returns jsonb
        language sql as 'select rows'`,
    area: "functions",
    subject: "public.push_metrics",
    problem: /another function public\.push_metrics\(rows jsonb\)/,
  },
  {
    name: "a function with its owner's rights",
    sql: "alter function public.push_changes(jsonb) security definer",
    area: "functions",
    subject: "public.push_changes",
    problem: /other rights/,
  },
  {
    name: "a function that everybody may call",
    sql: "grant execute on function public.push_changes(jsonb) to public",
    area: "functions",
    subject: "public.push_changes",
    problem: /Everybody may call public\.push_changes/,
  },
  {
    name: "a function that nobody may call",
    sql: "revoke execute on function lora_sync.apply_change(jsonb) from authenticated",
    area: "functions",
    subject: "lora_sync.apply_change",
    problem: /authenticated may not call lora_sync\.apply_change/,
  },
  {
    name: "a schema that is closed",
    sql: "revoke usage on schema lora_sync from authenticated",
    area: "functions",
    subject: "lora_sync",
    problem: /may not use the schema/,
  },
];
