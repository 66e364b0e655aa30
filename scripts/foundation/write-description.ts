import { writeFileSync } from "node:fs";
import { execa } from "execa";
import { describeFoundation, DESCRIPTION_PATH } from "./describe-foundation.ts";
import { openScratchDatabase } from "./scratch-database.ts";

/*
 * Writes supabase/foundation.json anew after a migration has changed:
 *
 *   node scripts/launch.js scripts/foundation/write-description.ts
 */
const database = await openScratchDatabase();
try {
  writeFileSync(DESCRIPTION_PATH, JSON.stringify(await describeFoundation(database.url)));
  await execa("oxfmt", [DESCRIPTION_PATH], { preferLocal: true });
  console.log(`Written: ${DESCRIPTION_PATH}`);
} finally {
  await database.close();
}
