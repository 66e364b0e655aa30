import { expect, it } from "vitest";
import { createSupabaseTeamServer } from "./supabase-team-server.ts";
import { type Operation, ServerFault } from "./team-server.ts";

const OPERATION: Operation = {
  op_id: "00000000-0000-4000-8000-000000000001",
  table: "datasets",
  row_id: "00000000-0000-4000-8000-000000000002",
  action: "insert",
  values: { description: "é".repeat(1_000_000) },
  workstation: "lab-1",
};

/** What a call comes to, and how long it would have been waited for. */
async function call(answer: () => Promise<Response>) {
  const waits: number[] = [];
  const server = createSupabaseTeamServer({
    session: {
      projectUrl: "http://project.example",
      anonKey: "key",
      userId: "user",
      accessToken: () => Promise.resolve("token"),
    },
    fetch: answer,
    withTimeout: (signal, ms) => {
      waits.push(ms);
      return signal;
    },
    now: () => new Date(0),
  });
  const { signal } = new AbortController();
  const fault = await server.pushChanges([OPERATION], signal).catch((error: unknown) => error);
  return { fault: fault instanceof ServerFault ? fault : null, waits };
}

const answered = (status: number, code: string) => () =>
  Promise.resolve(Response.json({ code, message: "no" }, { status }));
const failed = (code: string) => () =>
  Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error(), { code }) }));

it("waits for a large request as long as a slow line needs for its bytes", async () => {
  const { waits } = await call(() => Promise.resolve(Response.json([])));
  const [ms = 0] = waits;
  // 2 MB at 256 kbit/s, and a minute for the answer.
  const onTheLineMs = (2_000_000 * 8) / 256;
  expect(ms).toBeGreaterThan(onTheLineMs + 60_000);
  expect(ms).toBeLessThan(300_000);
});

it.each([
  ["a statement that took too long", answered(500, "57014"), "busy", true],
  ["a gateway's timeout", answered(504, ""), "busy", true],
  ["a serialisation failure", answered(409, "40001"), "busy", true],
  ["a line that was cut", failed("ECONNRESET"), "unreachable", true],
  ["a torn answer", () => Promise.resolve(new Response('[{"op_')), "unreachable", true],
  ["no network", failed("ENOTFOUND"), "unreachable", false],
  ["a project that is not there", failed("ECONNREFUSED"), "unreachable", false],
  ["too many requests", answered(429, ""), "busy", false],
  ["a project that pauses", answered(503, "PGRST001"), "busy", false],
  ["a full disk", answered(500, "53100"), "busy", false],
  ["a project that is read-only because it is full", answered(405, "25006"), "busy", false],
  ["a refusal", answered(403, "42501"), "refused", false],
] as const)("knows %s, and whether a smaller request may fare better", async (...row) => {
  const [, answer, kind, isOfRequest] = row;
  expect((await call(answer)).fault).toMatchObject({ kind, isOfRequest });
});
