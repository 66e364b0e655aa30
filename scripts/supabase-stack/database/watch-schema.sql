-- PostgREST reads the schema once and then when it is told to; hosted projects tell it after every
-- change of the schema.

create or replace function extensions.tell_postgrest() returns event_trigger
language plpgsql
as $$
begin
  notify pgrst, 'reload schema';
end
$$;

drop event trigger if exists tell_postgrest_of_change;
create event trigger tell_postgrest_of_change on ddl_command_end
  execute function extensions.tell_postgrest();

drop event trigger if exists tell_postgrest_of_drop;
create event trigger tell_postgrest_of_drop on sql_drop
  execute function extensions.tell_postgrest();

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
    alter publication supabase_realtime owner to postgres;
  end if;
end
$$;
