-- LoRA Desk: teams, whose members show each other jobs. Safe to run again, and optional: without
-- this file everything works and stays private.
--
-- What the foundation promises stays as it is: no column and no policy of its tables changes, so
-- a user's own rows, own feed and own rights are the same with and without teams. What members
-- may see of each other is given by the functions here and by nothing else:
--
--   my_teams()                       the caller's teams with their members
--   create_team(name)                the caller becomes its owner
--   invite_team_member(team_id, email)      by an owner; the answer is the same whoever has the
--                                    address, or nobody
--   withdraw_team_invitation(team_id, email)  by an owner
--   my_invitations()                 to the caller's own address, once that is confirmed
--   answer_invitation(team_id, accept)  joins the team, or declines; nobody else can
--   remove_team_member(team_id, user_id)  by an owner, or oneself; what that member shared goes along
--   share_job(job_id, team_id)       shows an own job to a team; to nobody where team_id is null
--   pull_shared(after, page_size)    jobs that others share with the caller, with the rows of their
--                                    datasets and adapters
--   shared_metrics(job_id, ...)      the curve of such a job
--   request_job_state(job_id, desired_state)  asks a job's workstation to stop it
--
-- They run with their owner's rights and ask for membership themselves. Beside them members read
-- the adapters' files through one policy on storage.objects. A dataset is shown by name and figures:
-- its file and the samples and errors that quote it stay with its user.
--
-- The answer to "not there" and to "not yours to know" is the same (PT404, which the API gives as
-- 404), so nobody learns what exists.

-- teams -------------------------------------------------------------------------------------------

create table if not exists public.teams (
  id uuid primary key default gen_random_uuid(),
  name text not null
    constraint teams_name_check check (name = btrim(name) and length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table if not exists public.team_members (
  team_id uuid not null references public.teams (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  is_owner boolean not null default false,
  added_at timestamptz not null default now(),
  primary key (team_id, user_id)
);

create index if not exists team_members_user on public.team_members (user_id);

-- Who is asked to join: an address, which somebody may have signed up with or not. There is no key
-- to auth.users on purpose: that would tell.
create table if not exists public.team_invitations (
  team_id uuid not null references public.teams (id) on delete cascade,
  email text not null
    constraint team_invitations_email_check
      check (email = lower(btrim(email)) and email ~ '^[^@\s]+@[^@\s]+$' and length(email) <= 320),
  invited_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  primary key (team_id, email)
);

create index if not exists team_invitations_email on public.team_invitations (email);
create index if not exists team_invitations_invited_by on public.team_invitations (invited_by);

-- A job is shown to one team at most. The key to its user's membership takes the job back when
-- that user leaves the team.
create table if not exists public.shared_jobs (
  job_id uuid primary key references public.training_jobs (id) on delete cascade,
  team_id uuid not null,
  user_id uuid not null,
  shared_at timestamptz not null default now(),
  constraint shared_jobs_member_fkey foreign key (team_id, user_id)
    references public.team_members (team_id, user_id) on delete cascade
);

create index if not exists shared_jobs_member on public.shared_jobs (team_id, user_id);


-- Who belongs to whom -----------------------------------------------------------------------------

-- A policy on team_members that asked team_members would ask itself without end; this does not.
create or replace function lora_sync.my_team_ids() returns setof uuid
language sql stable
security definer
set search_path = ''
as $$
  select m.team_id from public.team_members m where m.user_id = (select auth.uid())
$$;

create or replace function lora_sync.my_owned_team_ids() returns setof uuid
language sql stable
security definer
set search_path = ''
as $$
  select m.team_id from public.team_members m
  where m.user_id = (select auth.uid()) and m.is_owner
$$;

-- The caller's own address; null where nobody has confirmed that it is the caller's, for then it
-- may be anybody's.
create or replace function lora_sync.my_address() returns text
language sql stable
security definer
set search_path = ''
as $$
  select lower(btrim(u.email)) from auth.users u
  where u.id = (select auth.uid()) and u.email_confirmed_at is not null
$$;

-- Raises unless the caller owns the team; others who ask the same of it wait for the caller.
create or replace function lora_sync.require_own_team(team uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  is_asked_by_owner boolean;
begin
  select m.is_owner into is_asked_by_owner from public.team_members m
  where m.team_id = team and m.user_id = (select auth.uid());
  if not found then
    raise exception 'There is no such team of yours' using errcode = 'PT404';
  end if;
  if not is_asked_by_owner then
    raise exception 'Only an owner of the team may invite others, or take that back' using errcode = '42501';
  end if;
  -- One after the other, so that two cannot both find room for one more.
  perform from public.teams t where t.id = team for no key update;
end;
$$;

-- The jobs of others that the caller may look at. A row of shared_jobs counts only for the user
-- whose job it is.
create or replace function lora_sync.jobs_shown_to_me() returns setof uuid
language sql stable
security definer
set search_path = ''
as $$
  select s.job_id
  from public.shared_jobs s
  join public.training_jobs j on j.id = s.job_id and j.user_id = s.user_id
  where s.team_id in (select lora_sync.my_team_ids())
    and s.user_id <> (select auth.uid())
$$;

-- '<user id>/<sha256>' of each adapter that the caller may read. The folder must be the adapter's
-- own user's: a row may say anything, and must not open what belongs to somebody else.
create or replace function lora_sync.model_folders_shown_to_me() returns setof text
language sql stable
security definer
set search_path = ''
as $$
  select a.user_id || '/' || split_part(a.storage_path, '/', 2)
  from public.model_artifacts a
  where a.job_id in (select lora_sync.jobs_shown_to_me())
    and a.deleted_at is null
    and split_part(a.storage_path, '/', 1) = a.user_id::text
    and split_part(a.storage_path, '/', 2) ~ '^[0-9a-f]{64}$'
$$;

-- {id, name, is_owner, members: [{user_id, email, is_owner}], invitations: [{email, created_at}]};
-- null where the caller is no member. Only owners are shown who is invited.
create or replace function lora_sync.describe_team(team uuid) returns jsonb
language sql stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', t.id,
    'name', t.name,
    'is_owner', (
      select m.is_owner from public.team_members m
      where m.team_id = t.id and m.user_id = (select auth.uid())),
    'members', (
      select jsonb_agg(
        jsonb_build_object('user_id', m.user_id, 'email', coalesce(u.email, ''), 'is_owner', m.is_owner)
        order by m.added_at, m.user_id)
      from public.team_members m join auth.users u on u.id = m.user_id
      where m.team_id = t.id),
    'invitations', (
      select coalesce(
        jsonb_agg(jsonb_build_object('email', i.email, 'created_at', i.created_at)
          order by i.created_at, i.email), '[]')
      from public.team_invitations i
      where i.team_id = t.id and t.id in (select lora_sync.my_owned_team_ids())))
  from public.teams t
  where t.id = team and t.id in (select lora_sync.my_team_ids())
$$;

-- A team without members goes; one without an owner is its oldest member's.
create or replace function lora_sync.keep_team_owned() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Two owners who leave at once must not each count on the other.
  perform from public.teams t where t.id = old.team_id for update;
  if not found then
    return null;
  end if;
  if not exists (select from public.team_members m where m.team_id = old.team_id) then
    delete from public.teams t where t.id = old.team_id;
  elsif not exists (select from public.team_members m where m.team_id = old.team_id and m.is_owner) then
    update public.team_members m set is_owner = true
    where m.team_id = old.team_id and m.user_id = (
      select o.user_id from public.team_members o where o.team_id = old.team_id
      order by o.added_at, o.user_id limit 1);
  end if;
  return null;
end;
$$;

create or replace trigger team_members_owner after delete on public.team_members
  for each row execute function lora_sync.keep_team_owned();


-- Rights on the tables: members read, and nobody writes but the functions ---------------------------

alter table public.teams enable row level security;
revoke all on public.teams from public, anon, authenticated, service_role;
grant select on public.teams to authenticated;
grant select, insert, update, delete on public.teams to service_role;

drop policy if exists "Members can view their teams" on public.teams;
create policy "Members can view their teams" on public.teams
  for select to authenticated
  using (id in (select lora_sync.my_team_ids()));

alter table public.team_members enable row level security;
revoke all on public.team_members from public, anon, authenticated, service_role;
grant select on public.team_members to authenticated;
grant select, insert, update, delete on public.team_members to service_role;

drop policy if exists "Members can view fellow members" on public.team_members;
create policy "Members can view fellow members" on public.team_members
  for select to authenticated
  using ((select auth.uid()) = user_id or team_id in (select lora_sync.my_team_ids()));

alter table public.team_invitations enable row level security;
revoke all on public.team_invitations from public, anon, authenticated, service_role;
grant select on public.team_invitations to authenticated;
grant select, insert, update, delete on public.team_invitations to service_role;

drop policy if exists "Owners can view invitations" on public.team_invitations;
create policy "Owners can view invitations" on public.team_invitations
  for select to authenticated
  using (team_id in (select lora_sync.my_owned_team_ids()));

alter table public.shared_jobs enable row level security;
revoke all on public.shared_jobs from public, anon, authenticated, service_role;
grant select on public.shared_jobs to authenticated;
grant select, insert, update, delete on public.shared_jobs to service_role;

drop policy if exists "Members can view what is shared" on public.shared_jobs;
create policy "Members can view what is shared" on public.shared_jobs
  for select to authenticated
  using ((select auth.uid()) = user_id or team_id in (select lora_sync.my_team_ids()));

-- The foundation's three policies for this bucket stay; this one adds reading.
drop policy if exists "Members can read shared models" on storage.objects;
create policy "Members can read shared models" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'lora-models'
    and (storage.foldername(name))[1] || '/' || (storage.foldername(name))[2]
      in (select lora_sync.model_folders_shown_to_me())
  );


-- Teams and their members -------------------------------------------------------------------------

create or replace function public.my_teams() returns jsonb
language sql stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(lora_sync.describe_team(t.id) order by t.name, t.id), '[]')
  from public.teams t where t.id in (select lora_sync.my_team_ids())
$$;

-- One user owns 100 teams at most: a team can invite anybody, and nobody is to be flooded.
create or replace function public.create_team(name text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  me constant uuid := (select auth.uid());
  team uuid;
begin
  if coalesce(length(btrim(create_team.name)), 0) not between 1 and 200 then
    raise exception 'A team has a name of at most 200 characters' using errcode = '22023';
  end if;
  -- Two at once must not each find room for one more.
  perform pg_advisory_xact_lock(hashtextextended('lora_sync.create_team ' || me, 0));
  if (select count(*) from lora_sync.my_owned_team_ids()) >= 100 then
    raise exception 'You own 100 teams already' using errcode = '22023';
  end if;
  insert into public.teams (name) values (btrim(create_team.name)) returning id into team;
  insert into public.team_members (team_id, user_id, is_owner) values (team, me, true);
  return lora_sync.describe_team(team);
end;
$$;

-- Members were added without being asked in an earlier version of this file.
drop function if exists public.add_team_member(uuid, text);

-- Looks only at what an owner sees anyway, so that the answer tells nobody whether somebody has
-- signed up with the address. Inviting again, or a member, changes nothing.
create or replace function public.invite_team_member(team_id uuid, email text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  invited constant text := lower(btrim(invite_team_member.email));
begin
  perform lora_sync.require_own_team(invite_team_member.team_id);
  if coalesce(invited !~ '^[^@\s]+@[^@\s]+$' or length(invited) > 320, true) then
    raise exception 'That is not an e-mail address' using errcode = '22023';
  end if;
  if exists (
    select from public.team_members m join auth.users u on u.id = m.user_id
    where m.team_id = invite_team_member.team_id and lower(btrim(u.email)) = invited)
  then
    return lora_sync.describe_team(invite_team_member.team_id);
  end if;
  insert into public.team_invitations as i (team_id, email, invited_by)
  values (invite_team_member.team_id, invited, (select auth.uid()))
  on conflict do nothing;
  if (
    select count(*) from public.team_invitations i where i.team_id = invite_team_member.team_id) > 200
  then
    raise exception 'At most 200 invitations of a team can be open; take one back first'
      using errcode = '22023';
  end if;
  return lora_sync.describe_team(invite_team_member.team_id);
end;
$$;

create or replace function public.withdraw_team_invitation(team_id uuid, email text) returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform lora_sync.require_own_team(withdraw_team_invitation.team_id);
  delete from public.team_invitations i
  where i.team_id = withdraw_team_invitation.team_id
    and i.email = lower(btrim(withdraw_team_invitation.email));
  return lora_sync.describe_team(withdraw_team_invitation.team_id);
end;
$$;

-- [{team_id, team_name, invited_by, created_at}]: which teams ask the caller to join, and the address
-- of who invites (null where they are gone); the newest 200.
create or replace function public.my_invitations() returns jsonb
language sql stable
security definer
set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object('team_id', i.team_id, 'team_name', i.name, 'invited_by', i.invited_by,
        'created_at', i.created_at)
      order by i.created_at desc, i.team_id), '[]')
  from (
    select i.team_id, t.name, i.created_at,
      case when u.email_confirmed_at is not null then u.email end as invited_by
    from public.team_invitations i
    join public.teams t on t.id = i.team_id
    left join auth.users u on u.id = i.invited_by
    where i.email = (select lora_sync.my_address())
    order by i.created_at desc, i.team_id
    limit 200
  ) i
$$;

-- Answers with the team that the caller has joined; with null where the caller has declined.
create or replace function public.answer_invitation(team_id uuid, accept boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if answer_invitation.accept is null then
    raise exception 'An invitation is accepted or declined' using errcode = '22023';
  end if;
  -- In the order in which the others lock: an owner may be taking it back, the last member leaving.
  perform from public.teams t where t.id = answer_invitation.team_id for no key update;
  delete from public.team_invitations i
  where i.team_id = answer_invitation.team_id and i.email = (select lora_sync.my_address());
  if not found then
    raise exception 'There is no such invitation for you' using errcode = 'PT404';
  end if;
  if not answer_invitation.accept then
    return null;
  end if;
  insert into public.team_members (team_id, user_id)
  values (answer_invitation.team_id, (select auth.uid()))
  on conflict do nothing;
  return lora_sync.describe_team(answer_invitation.team_id);
end;
$$;

-- Answers with the team as it is then; null where it is no longer the caller's.
create or replace function public.remove_team_member(team_id uuid, user_id uuid) returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  me constant uuid := (select auth.uid());
  is_asked_by_owner boolean;
begin
  select m.is_owner into is_asked_by_owner from public.team_members m
  where m.team_id = remove_team_member.team_id and m.user_id = me;
  if not found then
    raise exception 'There is no such team of yours' using errcode = 'PT404';
  end if;
  if not is_asked_by_owner and remove_team_member.user_id is distinct from me then
    raise exception 'Only an owner of the team may remove others' using errcode = '42501';
  end if;
  delete from public.team_members m
  where m.team_id = remove_team_member.team_id and m.user_id = remove_team_member.user_id;
  return lora_sync.describe_team(remove_team_member.team_id);
end;
$$;


-- Sharing -----------------------------------------------------------------------------------------

create or replace function public.share_job(job_id uuid, team_id uuid) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  me constant uuid := (select auth.uid());
begin
  perform from public.training_jobs j where j.id = share_job.job_id and j.user_id = me for key share;
  if not found then
    raise exception 'There is no such job of yours in the project' using errcode = 'PT404';
  end if;
  if share_job.team_id is null then
    delete from public.shared_jobs s where s.job_id = share_job.job_id;
    return;
  end if;
  perform from public.team_members m
  where m.team_id = share_job.team_id and m.user_id = me for key share;
  if not found then
    raise exception 'There is no such team of yours' using errcode = 'PT404';
  end if;
  insert into public.shared_jobs as s (job_id, team_id, user_id)
  values (share_job.job_id, share_job.team_id, me)
  on conflict on constraint shared_jobs_pkey do update
    set team_id = excluded.team_id, user_id = excluded.user_id, shared_at = now()
    where s.team_id <> excluded.team_id or s.user_id <> excluded.user_id;
end;
$$;

-- All jobs of others that the caller may look at, in pages by the order of their ids: {jobs,
-- datasets, artifacts, next}; next is what to pass as `after` for the following page, null at the
-- end. Given as they are now and whole, so what is no longer shared is simply not there any more.
create or replace function public.pull_shared(after uuid default null, page_size integer default 100)
returns jsonb
language plpgsql stable
security definer
set search_path = ''
as $$
declare
  size constant integer := least(greatest(coalesce(page_size, 100), 1), 200);
  jobs constant uuid[] := array(
    select shown from lora_sync.jobs_shown_to_me() shown
    where after is null or shown > after
    order by shown limit size);
begin
  return jsonb_build_object(
    'jobs', (
      select coalesce(jsonb_agg(to_jsonb(j) order by j.id), '[]')
      from public.training_jobs j where j.id = any (jobs)),
    -- Samples and validation errors quote the file, and the file is not shared. A deleted one is
    -- given with its deleted_at: its job and adapters name it still.
    'datasets', (
      select coalesce(jsonb_agg(
        to_jsonb(d) - 'sample_data' - 'validation_errors' || '{"storage_path": null}' order by d.id), '[]')
      from public.datasets d
      where d.id in (select j.dataset_id from public.training_jobs j where j.id = any (jobs))),
    'artifacts', (
      select coalesce(jsonb_agg(to_jsonb(a) order by a.id), '[]')
      from public.model_artifacts a where a.job_id = any (jobs) and a.deleted_at is null),
    'next', case when cardinality(jobs) = size then jobs[size] end
  );
end;
$$;

-- Points of a job that others share with the caller: {last_step, total, points}, in the order of
-- steps, at most 1000. recorded_from: only what was measured at that time or later. page_size 0 gives
-- no points, but how many there are of the job.
create or replace function public.shared_metrics(
  job_id uuid,
  after_step integer default -1,
  until_step integer default null,
  recorded_from timestamptz default null,
  page_size integer default 1000
) returns jsonb
language plpgsql stable
security definer
set search_path = ''
as $$
begin
  if not exists (select from lora_sync.jobs_shown_to_me() shown where shown = shared_metrics.job_id) then
    raise exception 'No such job is shared with you' using errcode = 'PT404';
  end if;
  return jsonb_build_object(
    'last_step', (select max(m.step) from public.metrics_points m where m.job_id = shared_metrics.job_id),
    'total', case when page_size = 0 then (
      select count(*) from public.metrics_points m where m.job_id = shared_metrics.job_id) end,
    'points', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.step), '[]')
      from (
        select m.* from public.metrics_points m
        where m.job_id = shared_metrics.job_id
          and m.step > coalesce(after_step, -1)
          and (until_step is null or m.step <= until_step)
          and (recorded_from is null or m.recorded_at >= recorded_from)
        order by m.step
        limit least(greatest(coalesce(page_size, 1000), 0), 1000)
      ) p)
  );
end;
$$;

-- Asks a job's workstation, which alone acts on it, to stop the job. For the caller's own jobs and
-- for those that others share with the caller. A colleague may take a colleague's request to stop
-- back, but not have a job go on that its user has stopped, or that nobody has asked to stop: that
-- would spend another's machine.
create or replace function public.request_job_state(job_id uuid, desired_state text) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  me constant uuid := (select auth.uid());
  job public.training_jobs;
begin
  if desired_state is null or desired_state not in ('running', 'stopped') then
    raise exception 'A job can be asked to be running or stopped' using errcode = '22023';
  end if;
  select * into job from public.training_jobs j
  where j.id = request_job_state.job_id
    and (j.user_id = me or j.id in (select lora_sync.jobs_shown_to_me()))
  for no key update;
  if not found then
    raise exception 'There is no such job of yours or shared with you' using errcode = 'PT404';
  end if;
  -- What the user's own machines ask for has an operation; what is asked for here has none.
  if job.user_id <> me and request_job_state.desired_state = 'running' and (
    job.desired_state is distinct from 'stopped' or not exists (
      select from (
        select c.op_id from public.sync_changes c
        where c.table_name = 'training_jobs' and c.row_id = job.id
          and 'desired_state' = any (c.changed_columns)
        order by c.id desc limit 1
      ) asked
      where asked.op_id is null))
  then
    raise exception 'Only its own user can have this job go on' using errcode = '42501';
  end if;
  if request_job_state.desired_state = 'stopped' and job.status in ('completed', 'stopped', 'failed') then
    raise exception 'The job has ended already (%)', job.status using errcode = '22023';
  end if;
  -- Written even where it says so already: the feed then tells the workstation of it once more.
  update public.training_jobs j set desired_state = request_job_state.desired_state where j.id = job.id;
end;
$$;


-- Rights on the functions -------------------------------------------------------------------------

-- Those in lora_sync cannot be reached through the API; policies and the functions above use them.
revoke all on function lora_sync.my_team_ids() from public, anon, authenticated, service_role;
revoke all on function lora_sync.my_owned_team_ids() from public, anon, authenticated, service_role;
revoke all on function lora_sync.my_address() from public, anon, authenticated, service_role;
revoke all on function lora_sync.require_own_team(uuid) from public, anon, authenticated, service_role;
revoke all on function lora_sync.jobs_shown_to_me() from public, anon, authenticated, service_role;
revoke all on function lora_sync.model_folders_shown_to_me() from public, anon, authenticated, service_role;
revoke all on function lora_sync.describe_team(uuid) from public, anon, authenticated, service_role;
revoke all on function lora_sync.keep_team_owned() from public, anon, authenticated, service_role;
grant execute on function lora_sync.my_team_ids() to authenticated;
grant execute on function lora_sync.my_owned_team_ids() to authenticated;
grant execute on function lora_sync.my_address() to authenticated;
grant execute on function lora_sync.require_own_team(uuid) to authenticated;
grant execute on function lora_sync.jobs_shown_to_me() to authenticated;
grant execute on function lora_sync.model_folders_shown_to_me() to authenticated;
grant execute on function lora_sync.describe_team(uuid) to authenticated;
-- As the file before this one leaves it when it is run again. A trigger function cannot be called.
grant execute on function lora_sync.keep_team_owned() to authenticated;

revoke all on function public.my_teams() from public, anon, authenticated, service_role;
revoke all on function public.create_team(text) from public, anon, authenticated, service_role;
revoke all on function public.invite_team_member(uuid, text) from public, anon, authenticated, service_role;
revoke all on function public.withdraw_team_invitation(uuid, text) from public, anon, authenticated, service_role;
revoke all on function public.my_invitations() from public, anon, authenticated, service_role;
revoke all on function public.answer_invitation(uuid, boolean) from public, anon, authenticated, service_role;
revoke all on function public.remove_team_member(uuid, uuid) from public, anon, authenticated, service_role;
revoke all on function public.share_job(uuid, uuid) from public, anon, authenticated, service_role;
revoke all on function public.pull_shared(uuid, integer) from public, anon, authenticated, service_role;
revoke all on function public.shared_metrics(uuid, integer, integer, timestamptz, integer)
  from public, anon, authenticated, service_role;
revoke all on function public.request_job_state(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.my_teams() to authenticated;
grant execute on function public.create_team(text) to authenticated;
grant execute on function public.invite_team_member(uuid, text) to authenticated;
grant execute on function public.withdraw_team_invitation(uuid, text) to authenticated;
grant execute on function public.my_invitations() to authenticated;
grant execute on function public.answer_invitation(uuid, boolean) to authenticated;
grant execute on function public.remove_team_member(uuid, uuid) to authenticated;
grant execute on function public.share_job(uuid, uuid) to authenticated;
grant execute on function public.pull_shared(uuid, integer) to authenticated;
grant execute on function public.shared_metrics(uuid, integer, integer, timestamptz, integer) to authenticated;
grant execute on function public.request_job_state(uuid, text) to authenticated;

notify pgrst, 'reload schema';
