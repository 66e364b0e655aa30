import { expect, it } from "vitest";
import { parseProjectUrl } from "./project-address.ts";

const REF = "abcdefghijklmnopqrst";
const PROJECT = `https://${REF}.supabase.co`;

it.each([
  PROJECT,
  ` ${PROJECT}/rest/v1/ `,
  `${REF}.supabase.co`,
  `https://supabase.com/dashboard/project/${REF}`,
  `supabase.com/dashboard/project/${REF}/settings/api?tab=keys`,
])("takes %s for the project that it tells", (text) => {
  expect(parseProjectUrl(text)).toBe(PROJECT);
});

it.each(["", "my project", "ftp://x.supabase.co", "127.0.0.1:54321", `https://${REF} x`])(
  "refuses “%s”, and says where the address stands",
  (text) => {
    expect(() => parseProjectUrl(text)).toThrow("Project Settings → Data API");
  },
);

it("sends no key unencrypted, but to this very machine", () => {
  expect(() => parseProjectUrl("http://x.supabase.co")).toThrow("not encrypted");
  expect(parseProjectUrl("http://127.0.0.1:54321/")).toBe("http://127.0.0.1:54321");
});
