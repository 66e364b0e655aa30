import { writeFileSync } from "node:fs";
import { describeFoundation, DESCRIPTION_PATH } from "./describe-foundation.ts";
import { openScratchDatabase } from "./scratch-database.ts";

/*
 * Writes supabase/foundation.json anew after a migration has changed:
 *
 *   node scripts/launch.js scripts/foundation/write-description.ts
 */
const database = await openScratchDatabase();
try {
  writeFileSync(DESCRIPTION_PATH, await describeFoundation(database.url));
  console.log(`Written: ${DESCRIPTION_PATH}`);
} finally {
  await database.close();
}
