import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ProjectFindings } from "./project-findings.tsx";

const url = "https://example.supabase.co";

test("a project without faults is called what the key can see, and no more", () => {
  const text = renderToStaticMarkup(
    <ProjectFindings
      check={{
        url,
        isReady: true,
        findings: [{ subject: "datasets", state: "ok", message: "", sql: null }],
      }}
    />,
  );
  expect(text).toContain("Everything that can be seen without a secret key is there");
  expect(text).toMatch(
    /Rights and row-level security are checked by <code>node scripts\/verify-lora-foundation\.js/,
  );
});
