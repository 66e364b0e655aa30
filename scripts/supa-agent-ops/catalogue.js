"use strict";

/*
 * Reads what a database holds, in the form of supabase/foundation.json: the same reading describes
 * the promised foundation (once, from a fresh database) and finds out what a project has.
 * Needs an empty search_path, so that every name is written in full.
 */
const ROLES = ["anon", "authenticated", "service_role"];

const TABLES_SQL = `
select c.relname as name, c.relrowsecurity as "rlsEnabled", c.relpersistence <> 'u' as "isLogged",
  (select jsonb_agg(jsonb_build_object(
      'name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod),
      'nullable', not a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid),
      'identity', nullif(a.attidentity, '')) order by a.attnum)
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select coalesce(jsonb_agg(a.attname order by p.position), '[]')
    from pg_constraint k, unnest(k.conkey) with ordinality as p (attnum, position)
    join pg_attribute a on a.attnum = p.attnum
    where k.conrelid = c.oid and k.contype = 'p' and a.attrelid = c.oid) as "primaryKey",
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname, 'column', a.attname, 'referencedSchema', n.nspname,
      'referencedTable', r.relname, 'referencedColumn', ra.attname,
      'definition', pg_get_constraintdef(k.oid)) order by a.attnum), '[]')
    from pg_constraint k
    join pg_class r on r.oid = k.confrelid
    join pg_namespace n on n.oid = r.relnamespace
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    join pg_attribute ra on ra.attrelid = k.confrelid and ra.attnum = k.confkey[1]
    where k.conrelid = c.oid and k.contype = 'f') as "foreignKeys",
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname, 'definition', pg_get_constraintdef(k.oid)) order by k.conname), '[]')
    from pg_constraint k where k.conrelid = c.oid and k.contype in ('c', 'u', 'x')) as constraints,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', i.relname, 'definition', pg_get_indexdef(i.oid), 'isValid', x.indisvalid,
      'isOfConstraint', exists (select from pg_constraint k where k.conindid = i.oid)) order by i.relname), '[]')
    from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid) as indexes,
  (select coalesce(jsonb_agg(jsonb_build_object(
      'name', t.tgname, 'definition', pg_get_triggerdef(t.oid), 'isEnabled', t.tgenabled in ('O', 'A')) order by t.tgname), '[]')
    from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
  (select coalesce(jsonb_agg(distinct jsonb_build_object(
      'role', g.role, 'privilege', g.privilege, 'column', g.column)), '[]')
    from (
      select e.grantee::regrole::text as role, e.privilege_type as privilege, null as column
      from aclexplode(c.relacl) e
      union all
      select e.grantee::regrole::text, e.privilege_type, a.attname
      from pg_attribute a, aclexplode(a.attacl) e where a.attrelid = c.oid and not a.attisdropped
    ) g
    where g.role = any ($2) or g.role = '-') as grants
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and ($1::text[] is null or c.relname = any ($1))
order by c.oid`;

const POLICIES_SQL = `
select p.tablename as table, p.policyname as name, p.cmd as command, p.roles::text[] as roles,
  p.permissive = 'PERMISSIVE' as "isPermissive", p.qual as using, p.with_check as check
from pg_policies p where p.schemaname = $1
order by array_position(array['ALL', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'], p.cmd), p.policyname`;

const FUNCTIONS_SQL = `
select n.nspname as schema, f.proname as name, pg_get_function_identity_arguments(f.oid) as arguments,
  f.prosecdef as "isSecurityDefiner", f.provolatile as volatility, f.proconfig as settings,
  md5(regexp_replace(f.prosrc, '\\s+', ' ', 'g')) as "sourceHash",
  (select coalesce(jsonb_agg(g.role order by g.role), '[]') from (
      select e.grantee::regrole::text as role
      from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) e
      where e.privilege_type = 'EXECUTE') g
    where g.role = any ($2) or g.role = '-') as "executableBy"
from pg_proc f join pg_namespace n on n.oid = f.pronamespace
where n.nspname = 'lora_sync' or n.nspname = 'public' and ($1::text[] is null or f.proname = any ($1))
order by 1, 2, 3`;

const SCHEMA_SQL = `
select e.grantee::regrole::text as role
from pg_namespace n, aclexplode(n.nspacl) e
where n.nspname = 'lora_sync' and e.privilege_type = 'USAGE'
  and (e.grantee::regrole::text = any ($1) or e.grantee = 0)
order by 1`;

const BUCKETS_SQL = `
select b.id, b.public as "isPublic", b.file_size_limit::float8 as "fileSizeLimit",
  b.allowed_mime_types as "allowedMimeTypes"
from storage.buckets b where $1::text[] is null or b.id = any ($1) order by b.id`;

/**
 * @param {import("pg").Client} client
 * @param {{tables: string[] | null, functions: string[] | null, buckets: string[] | null}} names
 *   what to look for in the schema public and among the buckets; null for everything.
 */
async function readCatalogue(client, names) {
  const policies = await rows(client, POLICIES_SQL, ["public"]);
  const tables = await rows(client, TABLES_SQL, [names.tables, ROLES]);
  const functions = await rows(client, FUNCTIONS_SQL, [names.functions, ROLES]);
  const schemaUsers = await rows(client, SCHEMA_SQL, [ROLES]);
  const [{ hasStorage }] = await rows(
    client,
    `select to_regclass('storage.buckets') is not null as "hasStorage"`,
  );
  return {
    tables: Object.fromEntries(
      tables.map(({ name, grants, ...table }) => [
        name,
        {
          ...table,
          grants: grants.map(inWords).sort(),
          policies: policies.filter((policy) => policy.table === name).map(withoutTable),
        },
      ]),
    ),
    functions: functions.map((found) => ({
      ...found,
      executableBy: found.executableBy.map(roleName),
    })),
    syncSchemaUsableBy: schemaUsers.map(({ role }) => roleName(role)),
    storage: hasStorage ? await readStorage(client, names.buckets) : null,
  };
}

async function readStorage(client, buckets) {
  const policies = await rows(client, POLICIES_SQL, ["storage"]);
  const [objects] = await rows(
    client,
    "select relrowsecurity as enabled from pg_class where oid = 'storage.objects'::regclass",
  );
  return {
    buckets: await rows(client, BUCKETS_SQL, [buckets]),
    rlsEnabled: objects?.enabled === true,
    policies: policies.filter(({ table }) => table === "objects").map(withoutTable),
  };
}

async function rows(client, sql, values) {
  return (await client.query(sql, values)).rows;
}

/** `authenticated: UPDATE (read)` */
function inWords({ role, privilege, column }) {
  return `${roleName(role)}: ${privilege}${column === null ? "" : ` (${column})`}`;
}

/** The catalogue writes "everybody" as a dash. */
function roleName(/** @type {string} */ role) {
  return role === "-" ? "public" : role;
}

function withoutTable(policy) {
  return Object.fromEntries(Object.entries(policy).filter(([key]) => key !== "table"));
}

module.exports = { readCatalogue };
