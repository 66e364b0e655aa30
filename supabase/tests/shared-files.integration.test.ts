import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newArtifact } from "./sample-rows.ts";
import { operation, push } from "./sync-calls.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { call, type NewUser, type WholeJob, setUpSharing } from "./team-sharing.ts";

let project: TeamProject;
let owner: NewUser;
let colleague: NewUser;
let stranger: NewUser;
let shared: WholeJob;
let kept: WholeJob;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  ({ owner, colleague, stranger, shared, kept } = await setUpSharing(project));
});

const share = (team: string | null) =>
  call(owner.client, "share_job", { job_id: shared.job.id, team_id: team });

async function model(name: string): Promise<void> {
  const { error } = await project.service.storage
    .from("lora-models")
    .upload(name, new Blob(["weights"]), { contentType: "application/octet-stream" });
  if (error !== null) throw error;
}

async function reads(user: { client: NewUser["client"] }, name: string): Promise<boolean> {
  const { data } = await user.client.storage.from("lora-models").download(name);
  return data !== null && (await data.text()) === "weights";
}

describe("an adapter's files", () => {
  test("are read by colleagues while shared, and by nobody else; never written by them", async () => {
    const mine = `${shared.artifact["storage_path"] as string}/adapter_model.safetensors`;
    const private_ = `${kept.artifact["storage_path"] as string}/adapter_model.safetensors`;
    await model(mine);
    await model(private_);
    expect(await reads(colleague, mine)).toBe(true);
    expect(await reads(colleague, private_)).toBe(false);
    expect(await reads(stranger, mine)).toBe(false);
    expect(await reads({ client: project.anon }, mine)).toBe(false);
    const storage = colleague.client.storage.from("lora-models");
    expect((await storage.remove([mine])).data).toEqual([]);
    expect((await storage.upload(`${mine}-2`, new Blob(["x"]))).error).not.toBe(null);
    expect(await reads(owner, mine)).toBe(true);
    await share(null);
    expect(await reads(colleague, mine)).toBe(false);
  });

  test("a row that names another user's folder opens nothing", async () => {
    const victims = `${stranger.id}/${"b".repeat(64)}/adapter_model.safetensors`;
    await model(victims);
    const paths = [
      `${stranger.id}/${"b".repeat(64)}`,
      stranger.id,
      `${owner.id}/../${stranger.id}/${"b".repeat(64)}`,
      `%/${"b".repeat(64)}`,
    ];
    for (const path of paths) {
      const artifact = newArtifact(shared.job.id, shared.dataset.id);
      const insert = { ...artifact, storage_path: path };
      await push(owner.client, operation("insert", "model_artifacts", insert));
    }
    const page = (await call(colleague.client, "pull_shared")) as { artifacts: unknown[] };
    expect(page.artifacts).toHaveLength(paths.length + 1);
    expect(await reads(colleague, victims)).toBe(false);
    expect(await reads(owner, victims)).toBe(false);
  });

  test("a dataset's file stays with its user", async () => {
    const path = `${owner.id}/${"c".repeat(64)}/data.jsonl`;
    const bucket = project.service.storage.from("lora-datasets");
    await bucket.upload(path, new Blob(["{}"]), { contentType: "application/x-jsonlines" });
    await project.service
      .from("datasets")
      .update({ storage_path: path })
      .eq("id", shared.dataset.id);
    const download = await colleague.client.storage.from("lora-datasets").download(path);
    expect(download.data).toBe(null);
  });
});
