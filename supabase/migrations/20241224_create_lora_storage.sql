-- LoRA Desk: the two private buckets and who may use them. Safe to run again: limits are set back.
--
-- An object is named <user id>/<sha256>/<file>. The first folder decides whose it is. Objects are
-- never changed, so there is no policy for UPDATE and an overwrite is refused.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values
  ('lora-datasets', 'lora-datasets', false, 524288000,
    array['application/json', 'application/x-jsonlines', 'text/plain']),
  ('lora-models', 'lora-models', false, 5368709120,
    array['application/octet-stream', 'application/x-tar', 'application/gzip', 'application/json'])
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

drop policy if exists "Users can upload own datasets" on storage.objects;
create policy "Users can upload own datasets" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'lora-datasets' and (storage.foldername(name))[1] = (select auth.uid())::text
  );
drop policy if exists "Users can read own datasets" on storage.objects;
create policy "Users can read own datasets" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'lora-datasets' and (storage.foldername(name))[1] = (select auth.uid())::text
  );
drop policy if exists "Users can delete own datasets" on storage.objects;
create policy "Users can delete own datasets" on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'lora-datasets' and (storage.foldername(name))[1] = (select auth.uid())::text
  );

drop policy if exists "Users can upload own models" on storage.objects;
create policy "Users can upload own models" on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'lora-models' and (storage.foldername(name))[1] = (select auth.uid())::text
  );
drop policy if exists "Users can read own models" on storage.objects;
create policy "Users can read own models" on storage.objects
  for select to authenticated
  using (
    bucket_id = 'lora-models' and (storage.foldername(name))[1] = (select auth.uid())::text
  );
drop policy if exists "Users can delete own models" on storage.objects;
create policy "Users can delete own models" on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'lora-models' and (storage.foldername(name))[1] = (select auth.uid())::text
  );
