import type { Page } from "playwright-core";

/** A hundred rows of which five are broken, each in its own way. */
function hundredRowsFiveBroken(): Buffer {
  const rows = Array.from({ length: 100 }, (_, index) =>
    Buffer.from(
      JSON.stringify({
        messages: [
          { role: "user", content: `How many seconds are ${index + 1} minutes?` },
          { role: "assistant", content: `${index + 1} minutes are ${(index + 1) * 60} seconds.` },
        ],
      }),
    ),
  );
  rows[10] = Buffer.from('{"messages": [oops');
  rows[20] = Buffer.from(
    '{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": " "}]}',
  );
  rows[30] = Buffer.from(
    '{"messages": [{"role": "wizard", "content": "x"}, {"role": "assistant", "content": "y"}]}',
  );
  rows[40] = Buffer.from("[1, 2, 3]");
  rows[50] = Buffer.concat([
    Buffer.from('{"messages": [{"role": "user", "content": "'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}, {"role": "assistant", "content": "y"}]}'),
  ]);
  return Buffer.concat(rows.flatMap((row) => [row, Buffer.from("\n")]));
}

/** In the Datasets view: chooses them as the file minutes.jsonl, and waits for their rows. */
export async function importBrokenRows(page: Page): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import dataset" }).click();
  await (
    await chooser
  ).setFiles({
    name: "minutes.jsonl",
    mimeType: "application/x-jsonlines",
    buffer: hundredRowsFiveBroken(),
  });
  await page.getByRole("heading", { name: "minutes" }).waitFor();
  await page.getByText("How many seconds are 1 minutes?").waitFor();
}
