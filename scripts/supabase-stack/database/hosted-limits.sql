-- On a hosted project a migration may put policies on the storage tables and nothing more. Here
-- the role `postgres` is a member of their owner and could do anything with them, so what would
-- fail there is refused here too.

create or replace function extensions.refuse_storage_change() returns event_trigger
language plpgsql
as $$
declare
  change record;
begin
  -- session_user: within a function of an extension the current user may be another.
  if session_user <> 'postgres' then
    return;
  end if;
  if tg_event = 'ddl_command_end' then
    for change in select * from pg_event_trigger_ddl_commands() loop
      if change.schema_name = 'storage' and change.object_type <> 'policy' then
        raise exception 'must be owner of %', change.object_identity using errcode = '42501';
      end if;
    end loop;
  else
    for change in select * from pg_event_trigger_dropped_objects() where original loop
      if change.object_type <> 'policy'
        and (change.schema_name = 'storage' or 'storage' = any (change.address_names[:1]))
      then
        raise exception 'must be owner of %', change.object_identity using errcode = '42501';
      end if;
    end loop;
  end if;
end
$$;

drop event trigger if exists refuse_storage_change;
create event trigger refuse_storage_change on ddl_command_end
  execute function extensions.refuse_storage_change();

drop event trigger if exists refuse_storage_drop;
create event trigger refuse_storage_drop on sql_drop
  execute function extensions.refuse_storage_change();
