import { expect, it } from "vitest";
import { pythonToLoad } from "./python-to-load.ts";

it("quotes paths so that Python reads them back unchanged", () => {
  const code = pythonToLoad(String.raw`C:\models\base`, '/runs/it"s/adapter');
  expect(code).toContain(String.raw`base = "C:\\models\\base"`);
  expect(code).toContain(String.raw`adapter = "/runs/it\"s/adapter"`);
  expect(code).toContain("PeftModel.from_pretrained(model, adapter)");
});
