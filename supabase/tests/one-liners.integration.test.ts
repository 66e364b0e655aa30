import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrationPaths } from "../../scripts/foundation/scratch-database.ts";
import { environmentOf, writeEnvFile } from "../../scripts/supabase-stack/env-file.ts";
import { openStack, type Stack } from "../../scripts/supabase-stack/open-stack.ts";
import { runNode } from "./run-node.ts";

/** What the team's guide has one type into a shell to look at a project. */
const root = join(import.meta.dirname, "..", "..");

let stack: Stack;
/** With an .env.local, which is found by itself from there. */
let folder: string;

beforeAll(async () => {
  stack = await openStack({ migrations: migrationPaths() });
  folder = mkdtempSync(join(tmpdir(), "lora-desk-one-liners-"));
  writeEnvFile(join(folder, ".env.local"), environmentOf(stack));
});
afterAll(async () => {
  await stack?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

const liners: [string, string, string][] = [
  [
    "counts datasets",
    "const r=await ops.agentQuery({table:'datasets',limit:5});console.log('Datasets count:',r.data.length);console.log('Success:',r.success);",
    "Datasets count: 0\nSuccess: true\n",
  ],
  [
    "lists policies",
    "const r=await ops.agentIntrospectSchema({table:'datasets',transport:'pg'});if(r.success){console.log('RLS Enabled:',r.data.rlsEnabled);console.log('Policy count:',r.data.policies.length);r.data.policies.forEach(p=>console.log('-',p.name));}",
    "RLS Enabled: true\nPolicy count: 3\n- Users can view own datasets\n- Users can create own datasets\n- Users can update own datasets\n",
  ],
  [
    "lists foreign keys",
    "const r=await ops.agentIntrospectSchema({table:'training_jobs',transport:'pg'});if(r.success){console.log('Foreign keys:');r.data.foreignKeys.forEach(fk=>console.log('-',fk.column,'→',fk.referencedTable+'.'+fk.referencedColumn));}",
    "Foreign keys:\n- user_id → users.id\n- dataset_id → datasets.id\n- artifact_id → model_artifacts.id\n",
  ],
  [
    "names a table that is not there",
    "const r=await ops.agentIntrospectSchema({table:'nothing',transport:'pg'});console.log(r.success,r.error.message);",
    "false There is no table nothing in the schema public.\n",
  ],
  [
    "says what it needs to introspect",
    "const r=await ops.agentIntrospectSchema();console.log(r.success,r.error.message);",
    'false `table` names the table: {table: "datasets"}\n',
  ],
  [
    "says what it needs to query",
    "const r=await ops.agentQuery();console.log(r.success,r.error.message);",
    "false `table` names the table\n",
  ],
  [
    "says that the operator in takes a list",
    "const r=await ops.agentQuery({table:'datasets',where:[{column:'id',operator:'in',value:'x'}]});console.log(r.success,r.error.message);",
    'false The operator in takes a list as `value` of id: ["a", "b"]\n',
  ],
];
test.each(liners)("%s", async (_, body, expected) => {
  const ops = join(root, "scripts", "supa-agent-ops");
  const script = `const ops=require(${JSON.stringify(ops)});(async()=>{${body}})();`;
  const { output } = await runNode(["-e", script], folder);
  expect(output).toBe(expected);
});

test("agentQuery filters, orders and limits", async () => {
  await query(
    `with someone as (insert into auth.users (id, email) values (gen_random_uuid(), 'q@example.org') returning id)
       insert into public.notifications (user_id, type, title, message, priority)
       select id, 'system', title, '', priority from someone,
         (values ('a', 'low'), ('b, (c)', 'high'), ('d', 'high')) as n (title, priority)`,
  );
  const body = `
      const titles = async (options) => {
        const r = await ops.agentQuery({ table: "notifications", select: "title", ...options });
        return r.success ? r.data.map(({ title }) => title).join("|") : r.error.code;
      };
      console.log(await titles({ where: { priority: "high" }, orderBy: [{ column: "title", asc: false }] }));
      console.log(await titles({ where: [{ column: "title", operator: "in", value: ["a", "b, (c)"] }], orderBy: [{ column: "title" }], limit: 1 }));
      console.log(await titles({ where: [{ column: "action_url", operator: "neq", value: null }] }));
      console.log(await titles({ select: "colour" }));`;
  const ops = join(root, "scripts", "supa-agent-ops");
  const script = `const ops=require(${JSON.stringify(ops)});(async()=>{${body}})();`;
  expect((await runNode(["-e", script], folder)).output).toBe("d|b, (c)\na\n\n42703\n");
});

async function query(sql: string): Promise<void> {
  const client = new Client(stack.dbUrl);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
