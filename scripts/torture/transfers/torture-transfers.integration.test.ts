import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHUNK_BYTES } from "../../../electron/transfers/resumable-upload.ts";
import { SeededRandom } from "../seeded-random.ts";
import { openTortureProject } from "./torture-project.ts";
import { tortureTransfers } from "./torture-transfers.ts";

test("a file that is cut off and killed on its way there and back arrives byte for byte", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lora-desk-torture-transfers-"));
  const project = await openTortureProject();
  try {
    const { upload, download } = await tortureTransfers({
      project,
      folder,
      bytes: 40_000_000,
      cuts: 6,
      cutsPerKill: 3,
      random: new SeededRandom(7),
      say: () => undefined,
    });
    for (const ordeal of [upload, download]) {
      expect(ordeal).toMatchObject({ isEqual: true, cuts: 6, kills: 2 });
      expect(ordeal.worstWasteBytes).toBeLessThanOrEqual(CHUNK_BYTES);
    }
  } finally {
    await project.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
