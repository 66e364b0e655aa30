-- LoRA Desk: how workstations write changes and read those of others. Safe to run again.
--
--   push_changes(changes)         applies a batch of operations, each exactly once
--   push_metrics(points)          stores points of training curves in bulk
--   pull_changes(since, page_size)  what has changed since a cursor, without gaps
--
-- They run with the caller's own rights, so row-level security decides about every row. What they
-- are made of stands in the schema lora_sync, which the API does not show.

create schema if not exists lora_sync;
revoke all on schema lora_sync from public, anon, authenticated, service_role;
grant usage on schema lora_sync to authenticated;


-- The feed ----------------------------------------------------------------------------------------

-- Names the database cluster, its line of history and this very feed. A restored backup, a moved
-- project and a feed that was made anew each have another one; transaction numbers of different
-- epochs must not be compared.
create or replace function lora_sync.epoch() returns text
language sql stable
set search_path = ''
as $$
  select s.system_identifier || '.' || c.timeline_id || '.' || 'public.sync_changes'::regclass::oid
  from pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c
$$;

-- Runs with its owner's rights: nobody else may write the feed, so nobody can forge an entry.
create or replace function lora_sync.record_change() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  earlier constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  later constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  owner_id constant uuid := coalesce(later, earlier) ->> 'user_id';
  changed constant text[] := array(
    select l.key from jsonb_each(later) l
    where tg_op = 'UPDATE' and l.key <> 'updated_at' and l.value is distinct from earlier -> l.key
    order by l.key
  );
  -- Set by apply_change: '<op_id> <table> <row id>'. Rows that change along with it (a deleted
  -- job's artifacts) have no operation of their own.
  operation constant text[] :=
    string_to_array(current_setting('lora_desk.operation', true), ' ');
begin
  if 'id' = any (changed) then
    raise exception 'The id of a row in % cannot be changed', tg_table_name
      using errcode = 'check_violation';
  end if;
  -- The rows of a user go with the user, and so does the feed.
  if not exists (select from auth.users u where u.id = owner_id) then
    return null;
  end if;
  insert into public.sync_changes (epoch, user_id, table_name, row_id, op_id, action, changed_columns, previous)
  values (
    -- Reads files of the server, so push_changes has done it for all its rows.
    coalesce(nullif(current_setting('lora_desk.epoch', true), ''), lora_sync.epoch()),
    owner_id,
    tg_table_name,
    (coalesce(later, earlier) ->> 'id')::uuid,
    case
      when operation[2] = tg_table_name and operation[3] = coalesce(later, earlier) ->> 'id'
        then operation[1]::uuid
    end,
    lower(tg_op),
    changed,
    (select jsonb_object_agg(k, earlier -> k) from unnest(changed) k where k in ('name', 'description'))
  );
  return null;
end;
$$;

create or replace trigger datasets_feed
  after insert or update or delete on public.datasets
  for each row execute function lora_sync.record_change();
create or replace trigger training_jobs_feed
  after insert or update or delete on public.training_jobs
  for each row execute function lora_sync.record_change();
create or replace trigger model_artifacts_feed
  after insert or update or delete on public.model_artifacts
  for each row execute function lora_sync.record_change();
create or replace trigger cost_records_feed
  after insert or update or delete on public.cost_records
  for each row execute function lora_sync.record_change();
create or replace trigger notifications_feed
  after insert or update or delete on public.notifications
  for each row execute function lora_sync.record_change();


-- Push --------------------------------------------------------------------------------------------

create or replace function lora_sync.answer(change jsonb, outcome text, more jsonb) returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_build_object('op_id', change -> 'op_id', 'outcome', outcome) || more
$$;

create or replace function lora_sync.rejection(change jsonb, reason text, message text) returns jsonb
language sql immutable
set search_path = ''
as $$
  select lora_sync.answer(
    change, 'rejected', jsonb_build_object('reason', reason, 'message', message))
$$;

-- Why an operation cannot be applied to the row as it is now (null where there is none), or null.
-- What remains is left to constraints and policies.
create or replace function lora_sync.refuse(change jsonb, target text, present jsonb) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  action constant text := change ->> 'action';
  given constant jsonb := coalesce(change -> 'values', '{}');
  key text;
begin
  if given ->> 'user_id' is distinct from (select auth.uid())::text and given ->> 'user_id' is not null then
    return lora_sync.rejection(change, 'other_user', 'The row belongs to another user');
  end if;
  select k into key from jsonb_object_keys(given) k
  where not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = ('public.' || target)::regclass and a.attname = k and a.attnum > 0
      and not a.attisdropped
  )
  order by k limit 1;
  if found then
    return lora_sync.rejection(
      change, 'unknown_column', format('%s has no column %s: the project needs the newer migrations', target, key));
  end if;
  if action = 'delete' and target in ('cost_records', 'notifications')
    or action = 'update' and target = 'cost_records'
    or action = 'update' and target = 'notifications' and given - 'read' <> '{}'
  then
    return lora_sync.rejection(change, 'append_only', format('Rows of %s are added and not changed', target));
  end if;
  if present is null then
    if exists (
      select from public.sync_changes c
      where c.table_name = target and c.row_id = (change ->> 'row_id')::uuid and c.action = 'delete'
    ) then
      return lora_sync.rejection(change, 'deleted', 'The row was deleted on another machine');
    end if;
    if action <> 'insert' then
      return lora_sync.rejection(change, 'not_found', format('%s has no such row', target));
    end if;
  else
    -- Only an update may bring a row back on purpose: an insert that comes late does not.
    if action <> 'delete' and present ->> 'deleted_at' is not null
      and (not given ? 'deleted_at' or action = 'insert' and given ->> 'deleted_at' is null)
    then
      return lora_sync.rejection(change, 'deleted', 'The row was deleted on another machine');
    end if;
    if action <> 'delete' and target = 'training_jobs'
      and present ->> 'workstation' is distinct from change ->> 'workstation'
      and given ?| array['workstation', 'status', 'progress', 'current_epoch', 'current_step',
        'total_steps', 'retry_count', 'actual_cost', 'error_message', 'queued_at', 'started_at',
        'completed_at']
    then
      return lora_sync.rejection(
        change, 'other_workstation',
        format('The job belongs to the workstation %s: ask for a state by desired_state', present ->> 'workstation'));
    end if;
  end if;
  -- Ahead of the policies, which could not say which row is missing.
  if given ->> 'dataset_id' is not null and not exists (
    select from public.datasets d where d.id = (given ->> 'dataset_id')::uuid
  ) or given ->> 'job_id' is not null and not exists (
    select from public.training_jobs j where j.id = (given ->> 'job_id')::uuid
  ) or given ->> 'artifact_id' is not null and not exists (
    select from public.model_artifacts a where a.id = (given ->> 'artifact_id')::uuid
  ) then
    return lora_sync.rejection(
      change, 'missing_reference', 'A row that this one refers to (dataset_id, job_id or artifact_id) is not there');
  end if;
  return null;
end;
$$;

-- Inserts a row of which every column of the first migrations is given, as workstations do: in
-- statements whose plans are kept, which takes a fraction of the time of one that is put together.
-- Null: another set of columns is given, and nothing was done.
create or replace function lora_sync.insert_whole(target text, key uuid, given jsonb) returns integer
language plpgsql
set search_path = ''
as $$
declare
  names text[];
  written integer;
begin
  case target
    when 'datasets' then
      names := array['name', 'description', 'format', 'status', 'storage_path', 'file_name',
        'file_size_bytes', 'sha256', 'total_training_pairs', 'total_validation_pairs',
        'total_tokens', 'avg_turns_per_conversation', 'avg_tokens_per_turn', 'training_ready',
        'validation_errors', 'sample_data', 'created_at', 'deleted_at'];
      if given ?& names and given - names = '{}' then
        insert into public.datasets (id, user_id, name, description, format, status, storage_path, file_name, file_size_bytes, sha256,
          total_training_pairs, total_validation_pairs, total_tokens,
          avg_turns_per_conversation, avg_tokens_per_turn, training_ready, validation_errors,
          sample_data, created_at, deleted_at)
        select key, (select auth.uid()), v.name, v.description, v.format, v.status, v.storage_path, v.file_name,
          v.file_size_bytes, v.sha256, v.total_training_pairs, v.total_validation_pairs,
          v.total_tokens, v.avg_turns_per_conversation, v.avg_tokens_per_turn, v.training_ready,
          v.validation_errors, v.sample_data, v.created_at, v.deleted_at
        from jsonb_populate_record(null::public.datasets, given) v
        on conflict (id) do nothing;
        get diagnostics written = row_count;
      end if;
    when 'training_jobs' then
      names := array['dataset_id', 'artifact_id', 'name', 'preset_id', 'base_model', 'hyperparameters',
        'gpu_config', 'workstation', 'status', 'desired_state', 'progress', 'current_epoch',
        'current_step', 'total_steps', 'retry_count', 'estimated_cost', 'actual_cost',
        'error_message', 'queued_at', 'started_at', 'completed_at', 'created_at'];
      if given ?& names and given - names = '{}' then
        insert into public.training_jobs (id, user_id, dataset_id, artifact_id, name, preset_id, base_model, hyperparameters, gpu_config,
          workstation, status, desired_state, progress, current_epoch, current_step,
          total_steps, retry_count, estimated_cost, actual_cost, error_message, queued_at,
          started_at, completed_at, created_at)
        select key, (select auth.uid()), v.dataset_id, v.artifact_id, v.name, v.preset_id, v.base_model, v.hyperparameters,
          v.gpu_config, v.workstation, v.status, v.desired_state, v.progress, v.current_epoch,
          v.current_step, v.total_steps, v.retry_count, v.estimated_cost, v.actual_cost,
          v.error_message, v.queued_at, v.started_at, v.completed_at, v.created_at
        from jsonb_populate_record(null::public.training_jobs, given) v
        on conflict (id) do nothing;
        get diagnostics written = row_count;
      end if;
    when 'model_artifacts' then
      names := array['job_id', 'dataset_id', 'name', 'version', 'description', 'status', 'storage_path',
        'files', 'quality_metrics', 'created_at', 'deleted_at'];
      if given ?& names and given - names = '{}' then
        insert into public.model_artifacts (id, user_id, job_id, dataset_id, name, version, description, status, storage_path, files,
          quality_metrics, created_at, deleted_at)
        select key, (select auth.uid()), v.job_id, v.dataset_id, v.name, v.version, v.description, v.status, v.storage_path,
          v.files, v.quality_metrics, v.created_at, v.deleted_at
        from jsonb_populate_record(null::public.model_artifacts, given) v
        on conflict (id) do nothing;
        get diagnostics written = row_count;
      end if;
    when 'cost_records' then
      names := array['job_id', 'cost_type', 'amount', 'details', 'billing_period', 'recorded_at'];
      if given ?& names and given - names = '{}' then
        insert into public.cost_records (id, user_id, job_id, cost_type, amount, details, billing_period, recorded_at)
        select key, (select auth.uid()), v.job_id, v.cost_type, v.amount, v.details, v.billing_period, v.recorded_at
        from jsonb_populate_record(null::public.cost_records, given) v
        on conflict (id) do nothing;
        get diagnostics written = row_count;
      end if;
    when 'notifications' then
      names := array['type', 'title', 'message', 'priority', 'read', 'action_url', 'metadata', 'created_at'];
      if given ?& names and given - names = '{}' then
        insert into public.notifications (id, user_id, type, title, message, priority, read, action_url, metadata, created_at)
        select key, (select auth.uid()), v.type, v.title, v.message, v.priority, v.read, v.action_url, v.metadata, v.created_at
        from jsonb_populate_record(null::public.notifications, given) v
        on conflict (id) do nothing;
        get diagnostics written = row_count;
      end if;
  end case;
  return written;
end;
$$;

-- Writes one row. Returns how many rows that changed: 0 means that a policy stood against it.
create or replace function lora_sync.write_row(
  target text, action text, key uuid, given jsonb, is_present boolean
) returns integer
language plpgsql
set search_path = ''
as $$
declare
  columns text;
  written integer;
begin
  if action = 'insert' and not is_present then
    written := lora_sync.insert_whole(target, key, given);
    if written is not null then
      return written;
    end if;
  end if;
  if action = 'delete' then
    if target = 'training_jobs' then
      delete from public.training_jobs t where t.id = key;
    else
      execute format(
        'update public.%I t set deleted_at = coalesce(t.deleted_at, now()) where t.id = $1', target)
        using key;
    end if;
  else
    select string_agg(format('%I', k), ', ') into columns
    from jsonb_object_keys(given) k
    where k not in ('id', 'user_id', 'updated_at');
    if is_present then
      execute format(
        'update public.%I t set (%s) = row(%s) from jsonb_populate_record(null::public.%I, $2) v where t.id = $1',
        target, coalesce(columns, 'id'),
        coalesce('v.' || replace(columns, ', ', ', v.'), 't.id'), target)
        using key, given;
    else
      -- A row that appeared in between, or one that the caller may not see, is left alone.
      execute format(
        'insert into public.%I (id, user_id%s) select $1, auth.uid()%s from jsonb_populate_record(null::public.%I, $2) v on conflict (id) do nothing',
        target, coalesce(', ' || columns, ''),
        coalesce(', v.' || replace(columns, ', ', ', v.'), ''), target)
        using key, given;
    end if;
  end if;
  get diagnostics written = row_count;
  return written;
end;
$$;

-- The names and notes that an operation overwrites although its author never saw them: changed by
-- others since the version the author knew.
create or replace function lora_sync.overwritten(change jsonb, target text, present jsonb) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_object_agg(k, present -> k)
  from jsonb_object_keys(change -> 'values') k
  where k in ('name', 'description')
    and present -> k is distinct from change -> 'values' -> k
    and exists (
      select from public.sync_changes c
      where c.table_name = target
        and c.row_id = (change ->> 'row_id')::uuid
        and c.id > (change ->> 'base_version')::bigint
        and k = any (c.changed_columns)
    )
$$;

-- Applies one operation in a subtransaction of its own and answers for it by name.
create or replace function lora_sync.apply_change(change jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  target constant text := change ->> 'table';
  action constant text := change ->> 'action';
  operation uuid;
  key uuid;
  known public.sync_changes;
  present jsonb;
  refusal jsonb;
  lost jsonb;
  is_there_now boolean;
  failed_constraint text;
begin
  operation := (change ->> 'op_id')::uuid;
  key := (change ->> 'row_id')::uuid;
  if operation is null or key is null or action is null
    or action not in ('insert', 'update', 'delete')
    or jsonb_typeof(coalesce(change -> 'values', '{}')) <> 'object'
  then
    return lora_sync.rejection(
      change, 'invalid_operation', 'An operation has op_id, table, row_id, action (insert, update or delete) and values');
  end if;
  if target is null
    or target not in ('datasets', 'training_jobs', 'model_artifacts', 'cost_records', 'notifications')
  then
    return lora_sync.rejection(change, 'unknown_table', format('There is no table %s to sync', target));
  end if;
  select * into known from public.sync_changes c where c.user_id = (select auth.uid()) and c.op_id = operation;
  if found then
    return lora_sync.answer(change, 'duplicate', jsonb_build_object('version', known.id));
  end if;

  -- Locked where the caller may change rows, so that what is looked at stays until it is written.
  case target
    when 'datasets' then
      select to_jsonb(t) into present from public.datasets t where t.id = key for no key update;
    when 'training_jobs' then
      select to_jsonb(t) into present from public.training_jobs t where t.id = key for no key update;
    when 'model_artifacts' then
      select to_jsonb(t) into present from public.model_artifacts t where t.id = key for no key update;
    when 'cost_records' then
      select to_jsonb(t) into present from public.cost_records t where t.id = key;
    when 'notifications' then
      select to_jsonb(t) into present from public.notifications t where t.id = key for no key update;
  end case;
  refusal := lora_sync.refuse(change, target, present);
  if refusal is not null then
    if refusal ->> 'reason' = 'deleted' and action = 'delete' then
      return lora_sync.answer(change, 'duplicate', '{}');
    end if;
    return refusal;
  end if;
  if action = 'insert' and present is not null and target in ('cost_records', 'notifications') then
    return lora_sync.answer(change, 'duplicate', '{}');
  end if;
  if change ? 'base_version' and action <> 'delete' then
    lost := lora_sync.overwritten(change, target, present);
  end if;

  perform set_config('lora_desk.operation', format('%s %s %s', operation, target, key), true);
  if lora_sync.write_row(
    target, action, key, coalesce(change -> 'values', '{}'), present is not null) = 0
  then
    perform set_config('lora_desk.operation', '', true);
    -- Where somebody was quicker with the row, it is there now: perhaps by this very operation.
    if present is null then
      execute format('select exists (select from public.%I t where t.id = $1)', target)
        into is_there_now using key;
      if is_there_now then
        return lora_sync.apply_change(change);
      end if;
    end if;
    -- Seen a moment ago or taken by a row out of sight: in either case nothing was written.
    return lora_sync.rejection(change, 'not_permitted', format('The row of %s may not be written', target));
  end if;
  perform set_config('lora_desk.operation', '', true);
  select * into known from public.sync_changes c where c.user_id = (select auth.uid()) and c.op_id = operation;
  return lora_sync.answer(
    change, 'applied',
    jsonb_strip_nulls(jsonb_build_object('version', known.id, 'overwrote', lost)));
exception
  -- The row's own fault: trying again would not help, so it is named and the next ones go on.
  -- Anything else (a deadlock, a full disk) fails the batch, which is then sent again whole.
  when data_exception or integrity_constraint_violation or syntax_error_or_access_rule_violation then
    get stacked diagnostics failed_constraint = constraint_name;
    if failed_constraint = 'sync_changes_operation' then
      -- The same operation arrived twice at once and the other one was quicker.
      return lora_sync.answer(change, 'duplicate', '{}');
    end if;
    return lora_sync.rejection(
      change,
      case
        when sqlstate = '23503' then 'missing_reference'
        when sqlstate = '42501' then 'not_permitted'
        when left(sqlstate, 2) = '23' then 'constraint'
        when left(sqlstate, 2) = '22' then 'invalid_value'
        else 'invalid_operation'
      end,
      sqlerrm
    ) || jsonb_build_object('sqlstate', sqlstate);
end;
$$;

-- changes: [{op_id, table, row_id, action, values, base_version?, workstation?}], at most 500, in
-- the order in which they are to be applied. workstation names the machine that pushes; a job's
-- status and progress are taken from the job's own machine only.
--
-- Answers, in the same order: {op_id, outcome} with
--   applied    version (the row's newest entry in the feed), overwrote (see lora_sync.overwritten)
--   duplicate  applied before; nothing was done
--   rejected   reason, message, sqlstate?; nothing was done
create or replace function public.push_changes(changes jsonb) returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
  change jsonb;
  answers jsonb := '[]';
begin
  if (select auth.uid()) is null then
    raise exception 'push_changes needs a signed-in user' using errcode = '42501';
  end if;
  if jsonb_typeof(changes) is distinct from 'array' or jsonb_array_length(changes) > 500 then
    raise exception 'changes must be a list of at most 500 operations' using errcode = '22023';
  end if;
  perform set_config('lora_desk.epoch', lora_sync.epoch(), true);
  for change in
    select value from jsonb_array_elements(changes) with ordinality order by ordinality
  loop
    answers := answers || jsonb_build_array(lora_sync.apply_change(change));
  end loop;
  perform set_config('lora_desk.epoch', '', true);
  return answers;
end;
$$;

-- Points as rows of metrics_points. given: a list of such rows; or {job_id, columns}, where each
-- column is one list of all points' values. Such a list may be a text that PostgreSQL reads as an
-- array ('{1,2,3}'), which takes a fraction of the time that thousands of JSON objects take.
create or replace function lora_sync.points_of(given jsonb) returns setof public.metrics_points
language plpgsql stable
set search_path = ''
as $$
declare
  c record;
begin
  if jsonb_typeof(given) = 'array' then
    return query select * from jsonb_populate_recordset(null::public.metrics_points, given);
    return;
  end if;
  select * into c from jsonb_to_record(given -> 'columns') as t (
    step integer[], epoch double precision[], training_loss double precision[],
    validation_loss double precision[], learning_rate double precision[],
    gradient_norm double precision[], tokens double precision[],
    tokens_per_second double precision[], step_ms double precision[],
    memory_mb double precision[], recorded_at timestamptz[]);
  if exists (
    select from unnest(array[
      cardinality(c.step), cardinality(c.epoch), cardinality(c.training_loss),
      cardinality(c.validation_loss), cardinality(c.learning_rate), cardinality(c.gradient_norm),
      cardinality(c.tokens), cardinality(c.tokens_per_second), cardinality(c.step_ms),
      cardinality(c.memory_mb), cardinality(c.recorded_at)]) n
    where n is null or n <> cardinality(c.step)
  ) then
    raise exception 'each column must have a value of each point' using errcode = '22023';
  end if;
  return query
    select null::uuid, (given ->> 'job_id')::uuid, p.step, p.epoch, p.training_loss,
      p.validation_loss, p.learning_rate, p.gradient_norm,
      case when p.tokens is not null then jsonb_build_object('tokens', p.tokens,
        'tokens_per_second', p.tokens_per_second, 'step_ms', p.step_ms, 'memory_mb', p.memory_mb)
      end,
      p.recorded_at
    from unnest(c.step, c.epoch, c.training_loss, c.validation_loss, c.learning_rate,
        c.gradient_norm, c.tokens, c.tokens_per_second, c.step_ms, c.memory_mb, c.recorded_at)
      as p (step, epoch, training_loss, validation_loss, learning_rate, gradient_norm, tokens,
        tokens_per_second, step_ms, memory_mb, recorded_at);
end;
$$;

-- points: rows of metrics_points, at most 5000, of any of the caller's jobs, one by one or as the
-- columns of a job's curve (see lora_sync.points_of). A point that is there
-- already (same job and step) is replaced unless it is the newer one; a validation loss stays until
-- it is measured again. So a batch may be sent twice, and late.
--
-- Answers per job: {job_id, outcome: applied, points} or {job_id, outcome: rejected, reason, message}
create or replace function public.push_metrics(points jsonb) returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
  job record;
  number integer;
  total integer := 0;
  answers jsonb := '[]';
begin
  if (select auth.uid()) is null then
    raise exception 'push_metrics needs a signed-in user' using errcode = '42501';
  end if;
  if jsonb_typeof(points) is distinct from 'array' or jsonb_array_length(points) > 5000 then
    raise exception 'points must be a list of at most 5000 points' using errcode = '22023';
  end if;
  for job in
    select value ->> 'job_id' as id, value as given
    from jsonb_array_elements(points) where value ? 'columns'
    union all
    select value ->> 'job_id', jsonb_agg(value)
    from jsonb_array_elements(points) where not value ? 'columns' group by 1
    order by 1
  loop
    begin
      if not exists (select from public.training_jobs j where j.id = job.id::uuid) then
        answers := answers || jsonb_build_object('job_id', job.id, 'outcome', 'rejected',
          'reason', 'missing_reference', 'message', 'The job of these points is not there');
        continue;
      end if;
      number := case jsonb_typeof(job.given)
        when 'array' then jsonb_array_length(job.given)
        else (select cardinality(c.step) from jsonb_to_record(job.given -> 'columns') as c (step integer[]))
      end;
      if total + number > 5000 then
        raise exception 'at most 5000 points are taken at once' using errcode = '22023';
      end if;
      total := total + coalesce(number, 0);
      insert into public.metrics_points as m (id, job_id, step, epoch, training_loss, validation_loss,
        learning_rate, gradient_norm, system_metrics, recorded_at)
      select distinct on (p.step) coalesce(p.id, gen_random_uuid()), p.job_id, p.step, p.epoch,
        p.training_loss, p.validation_loss, p.learning_rate, p.gradient_norm, p.system_metrics,
        p.recorded_at
      from lora_sync.points_of(job.given) p
      order by p.step, p.recorded_at desc
      on conflict (job_id, step) do update set
        epoch = excluded.epoch,
        training_loss = excluded.training_loss,
        validation_loss = coalesce(excluded.validation_loss, m.validation_loss),
        learning_rate = excluded.learning_rate,
        gradient_norm = excluded.gradient_norm,
        system_metrics = excluded.system_metrics,
        recorded_at = excluded.recorded_at
      where excluded.recorded_at >= m.recorded_at;
      answers := answers || jsonb_build_object(
        'job_id', job.id, 'outcome', 'applied', 'points', number);
    exception
      when data_exception or integrity_constraint_violation or syntax_error_or_access_rule_violation then
        answers := answers || jsonb_build_object('job_id', job.id, 'outcome', 'rejected',
          'reason', case
            when sqlstate = '42501' then 'not_permitted'
            when left(sqlstate, 2) = '22' then 'invalid_value'
            else 'constraint'
          end,
          'message', sqlerrm, 'sqlstate', sqlstate);
    end;
  end loop;
  return answers;
end;
$$;


-- Pull --------------------------------------------------------------------------------------------

-- since: the cursor of the page before; null for everything. page_size: 1 to 1000.
--
-- Answers {epoch, cursor, changes, has_more, needs_resync}. needs_resync: the cursor is of another
-- epoch, or names an entry that is not there (the project was restored or moved): forget it and
-- begin with null.
--
-- Why nothing is skipped: an entry carries the number of its transaction, and only those numbers
-- are read below which every transaction has ended. A later commit can therefore only have a
-- higher number than the cursor. (Clocks and sequences are drawn before the commit, so a late
-- commit would land behind a cursor made of them.)
--
-- A row that changed often is given once, as its newest entry, with the row as it is now; row is
-- null where it is gone. Ids rise in the order in which a row was changed, because its writers wait
-- for each other.
create or replace function public.pull_changes(since text default null, page_size integer default 500)
returns jsonb
language plpgsql stable
security invoker
set search_path = ''
as $$
declare
  me constant uuid := (select auth.uid());
  here constant text := lora_sync.epoch();
  horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  size constant integer := least(greatest(page_size, 1), 1000);
  -- '<epoch now>/<epoch of the entry>/<xid>/<id>'
  place constant text[] := string_to_array(since, '/');
  page bigint[] := '{}';
  changes jsonb;
  last_entry public.sync_changes;
begin
  if me is null then
    raise exception 'pull_changes needs a signed-in user' using errcode = '42501';
  end if;
  -- A copy of the disk that was put back has the same epoch, and not the entry that was read last.
  if since is not null and (place[1] <> here or cardinality(place) <> 4 or not exists (
    select from public.sync_changes c
    where c.user_id = me and c.id = place[4]::bigint and c.xid = place[3]::xid8 and c.epoch = place[2]
  )) then
    return jsonb_build_object(
      'epoch', here, 'cursor', null, 'changes', '[]'::jsonb, 'has_more', false, 'needs_resync', true);
  end if;
  -- Entries of former epochs came with the data, so all their transactions have ended.
  if since is null or place[2] <> here then
    page := array(
      select c.id from public.sync_changes c
      where c.user_id = me and c.epoch <> here
        and (since is null or (c.epoch, c.xid, c.id) > (place[2], place[3]::xid8, place[4]::bigint))
        and not exists (
          select from public.sync_changes n
          where n.table_name = c.table_name and n.row_id = c.row_id and n.id > c.id
            and (n.epoch <> here or n.xid < horizon))
      order by c.epoch, c.xid, c.id limit size + 1);
  end if;
  if cardinality(page) <= size then
    page := page || array(
      select c.id from public.sync_changes c
      where c.user_id = me and c.epoch = here and c.xid < horizon
        and (place[2] is distinct from here or (c.xid, c.id) > (place[3]::xid8, place[4]::bigint))
        and not exists (
          select from public.sync_changes n
          where n.table_name = c.table_name and n.row_id = c.row_id and n.id > c.id
            and n.epoch = here and n.xid < horizon)
      order by c.xid, c.id limit size + 1 - cardinality(page));
  end if;

  select coalesce(jsonb_agg(jsonb_build_object(
      'version', c.id, 'op_id', c.op_id, 'table', c.table_name, 'row_id', c.row_id,
      'action', c.action, 'columns', c.changed_columns, 'previous', c.previous, 'recorded_at', c.recorded_at,
      'row', case c.table_name
        when 'datasets' then (select to_jsonb(t) from public.datasets t where t.id = c.row_id)
        when 'training_jobs' then (select to_jsonb(t) from public.training_jobs t where t.id = c.row_id)
        when 'model_artifacts' then (select to_jsonb(t) from public.model_artifacts t where t.id = c.row_id)
        when 'cost_records' then (select to_jsonb(t) from public.cost_records t where t.id = c.row_id)
        when 'notifications' then (select to_jsonb(t) from public.notifications t where t.id = c.row_id)
      end) order by p.position), '[]')
    into changes
    from unnest(page[1:size]) with ordinality as p (id, position)
    join public.sync_changes c on c.id = p.id;
  select * into last_entry from public.sync_changes c
    where c.id = page[least(size, cardinality(page))];
  return jsonb_build_object(
    'epoch', here,
    'cursor', case
      when last_entry.id is null then since
      else concat_ws('/', here, last_entry.epoch, last_entry.xid, last_entry.id)
    end,
    'changes', changes,
    'has_more', cardinality(page) > size,
    'needs_resync', false
  );
end;
$$;


-- Rights ------------------------------------------------------------------------------------------

-- A new function may be executed by everyone until that is taken back.
revoke all on all functions in schema lora_sync from public, anon, authenticated, service_role;
grant execute on all functions in schema lora_sync to authenticated;
revoke all on function lora_sync.record_change() from authenticated;

revoke all on function public.push_changes(jsonb) from public, anon, authenticated, service_role;
revoke all on function public.push_metrics(jsonb) from public, anon, authenticated, service_role;
revoke all on function public.pull_changes(text, integer) from public, anon, authenticated, service_role;
grant execute on function public.push_changes(jsonb) to authenticated;
grant execute on function public.push_metrics(jsonb) to authenticated;
grant execute on function public.pull_changes(text, integer) to authenticated;

-- Where the project has Realtime, an entry of the feed is the hint to pull.
do $$
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime')
    and not exists (
      select from pg_catalog.pg_publication_tables
      where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'sync_changes')
  then
    alter publication supabase_realtime add table public.sync_changes;
  end if;
end
$$;

notify pgrst, 'reload schema';
