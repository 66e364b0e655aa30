import { openTransferDesk } from "../../../electron/transfers/fixtures/transfer-desk.ts";

/** One machine's transfers in a process of its own, to be killed. Says when it is done. */
export interface TransferProcessSettings {
  homePath: string;
  projectUrl: string;
  anonKey: string;
  userId: string;
  accessToken: string;
  direction: "upload" | "download";
  artifactId: string;
}

export interface TransferProcessLine {
  type: "done";
}

const settings = JSON.parse(process.argv[2] ?? "") as TransferProcessSettings;
const say = (line: TransferProcessLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

const { projectUrl, anonKey, userId, accessToken, homePath } = settings;
const desk = openTransferDesk({
  homePath,
  session: { projectUrl, anonKey, userId, accessToken: () => Promise.resolve(accessToken) },
  // Interruptions are many here: after each it goes on at once.
  random: () => 0,
});
// Nothing else keeps this process alive while a transfer rests.
const alive = setInterval(() => undefined, 60_000);
desk.transfers.start();
const place = { table: "model_artifacts", rowId: settings.artifactId } as const;
const { requests } = desk.transfers;
const begin = () => requests[`transfers.${settings.direction}`](place, "local");
// What asks the project for the adapter's row may be cut off as well.
let begun = await Promise.resolve(begin()).catch(() => null);
while (begun === null) begun = await Promise.resolve(begin()).catch(() => null);
await desk.until(() => {
  const all = desk.list().filter(({ rowId }) => rowId === settings.artifactId);
  const failed = all.find(({ state }) => state === "failed");
  if (failed !== undefined) throw new Error(failed.error?.message);
  return all.length > 0 && all.every(({ state }) => state === "done");
});
await desk.close();
clearInterval(alive);
say({ type: "done" });
