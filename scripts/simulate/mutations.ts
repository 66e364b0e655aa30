/** A fault planted into sync: the simulator must find it. */
export interface Mutation {
  name: string;
  patches: { file: string; find: string; replace: string }[];
}

const one = (name: string, file: string, find: string, replace: string): Mutation => ({
  name,
  patches: [{ file: `electron/${file}`, find, replace }],
});

export const mutations: readonly Mutation[] = [
  one(
    "what was sent leaves the outbox although no answer names it",
    "sync/push-answers.ts",
    "if (answer === undefined || entry === null) continue;",
    `if (answer === undefined && entry !== null) deps.outbox.remove(entry.seq);
      if (answer === undefined || entry === null) continue;`,
  ),
  one(
    "the cursor is stored before its page",
    "sync/pull-round.ts",
    "const merged = mirror.transaction(() => {",
    `mirror.setCursor({ ...before, cursor: page.cursor, epoch: page.epoch });
    const merged = mirror.transaction(() => {`,
  ),
  one(
    "what was sent is read from the row anew",
    "sync/outbox-batch.ts",
    'candidate.state === "sent" ? candidate : freeze(candidate, deps)',
    "freeze(candidate, deps)",
  ),
  one(
    "a repeat is another operation",
    "sync/outbox-batch.ts",
    'candidate.state === "sent" ? candidate : freeze(candidate, deps);',
    `candidate.state === "sent"
      ? { ...candidate, opId: deps.createId() }
      : freeze(candidate, deps);
        if (entry !== null && candidate.state === "sent") outbox.save(entry);`,
  ),
  one(
    "a duplicate is taken for a refusal",
    "sync/push-answers.ts",
    `...(answer.outcome === "rejected"
          ? refuse(entry, answer, deps)`,
    `...(answer.outcome !== "applied"
          ? refuse(entry, { reason: "duplicate", message: "", ...answer, outcome: "rejected" }, deps)`,
  ),
  one(
    "a restored project is not noticed",
    "sync/pull-round.ts",
    "if (page.needs_resync || isOther) {",
    "if (page.needs_resync && isOther && rebuilds > 0) {",
  ),
  one(
    "changes of rows are not put in the outbox",
    "store/migrations/0015-sync.ts",
    'WHEN ${IS_ACTIVE} AND ${isWhole(table, "NEW")} AND NOT ${isKept[table]("NEW")}\n  AND (',
    'WHEN 0 AND ${IS_ACTIVE} AND ${isWhole(table, "NEW")} AND NOT ${isKept[table]("NEW")}\n  AND (',
  ),
  {
    name: "rows go before those that they refer to, and are refused for good",
    patches: [
      {
        file: "electron/sync/outbox-store.ts",
        find: "WHEN 'datasets' THEN 0 WHEN 'training_jobs' THEN 1",
        replace: "WHEN 'datasets' THEN 8 WHEN 'training_jobs' THEN 7",
      },
      {
        file: "electron/sync/push-answers.ts",
        find: "} else if (first !== null) {",
        replace: "} else if (first !== null && entry.attempts > 9) {",
      },
      {
        file: "electron/sync/pull-round.ts",
        find: "for (const refused of deps.outbox.refusedNaming(entry.row_id)) release(refused, deps.outbox);",
        replace: "",
      },
    ],
  },
  one(
    "the session's user is not compared with the file's",
    "sync/sync-round.ts",
    "  refuseOtherUser(deps);\n",
    "",
  ),
  one(
    "after a failure nothing is tried again",
    "sync/sync-loop.ts",
    ": backOffMs(this.#failures, random(), fault?.retryAfterMs ?? null);",
    ": backOffMs(this.#failures, random(), fault?.retryAfterMs ?? null) + 1e12;",
  ),
  one(
    "what came from the project is sent back as a change of ours",
    "sync/merge-row.ts",
    'store.prepare("INSERT OR IGNORE INTO sync_applying (id) VALUES (1)").run();',
    "",
  ),
  one(
    "a server that is busy is taken for one that refuses",
    "sync/supabase-team-server.ts",
    "if (BUSY.has(status) || status >= 500 || isOfAll) {",
    "if (BUSY.has(status)) {",
  ),
  one(
    "points that changed while they were on their way count as sent",
    "sync/metrics-push-store.ts",
    "AND block = ? AND generation = ?",
    "AND block = ? AND ? > 0",
  ),
  one(
    "curves are not sent again to a restored project",
    "sync/mirror-rebuild.ts",
    "    metrics.addAll();\n",
    "",
  ),
  one(
    "a deletion elsewhere is not taken over",
    "sync/merge-row.ts",
    "!outstanding.has(column) &&",
    '!outstanding.has(column) &&\n        column !== "deleted_at" &&',
  ),
  one(
    "what the project says replaces a change that waits",
    "sync/merge-row.ts",
    "        !outstanding.has(column) &&\n",
    "",
  ),
  one(
    "a token that has run out is not replaced",
    "sync/supabase-team-server.ts",
    "if (reply.status === 401) {",
    "if (reply.status === 499) {",
  ),
  one(
    "a name that was replaced is forgotten",
    "sync/merge-row.ts",
    "overwritten.add({ table, rowId, column, lost: local[column], kept: row?.[column], at });",
    "void [overwritten, at];",
  ),
  one(
    "a stop that another machine asks for is not heard",
    "sync/merge-desired-state.ts",
    "if (wish !== null) {",
    'if (wish === "running") {',
  ),
  one(
    "a wish is granted by every machine that has the job",
    "sync/merge-desired-state.ts",
    `.all(workstation)
    .map(`,
    `.all(workstation)
    .concat(store.prepare("SELECT id, desired_state AS wish FROM training_jobs WHERE workstation <> ? AND desired_state IS NOT NULL").all(workstation))
    .map(`,
  ),
  one(
    "that a dataset was deleted is not sent",
    "store/migrations/0015-sync.ts",
    "validation_errors sample_data created_at deleted_at`",
    "validation_errors sample_data created_at`",
  ),
  one(
    "what was given up counts as synced",
    "sync/quarantine-discard.ts",
    'entry.action === "insert" || entry.reason',
    "entry.reason",
  ),
  one(
    "what waits for a change is not released with it",
    "sync/quarantine-entry.ts",
    "if (each.opId !== null) waiting.push(...outbox.dependents(each.opId));",
    "",
  ),
  one(
    "a batch that takes too long is sent again as it is",
    "sync/push-round.ts",
    "if (error.isOfRequest) size.failed(entries.length);",
    "",
  ),
];
