import type { SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTeamProject, type TeamProject } from "./team-project.ts";

const CALLERS = ["owner", "other", "anon"] as const;
type Caller = (typeof CALLERS)[number];
const OPERATIONS = ["upload", "read", "list", "delete", "overwrite"] as const;
type Operation = (typeof OPERATIONS)[number];

/** The same for both buckets. A delete of what one may not see is no error: it concerns nothing. */
const EXPECTED: Record<Operation, Record<Caller, string>> = {
  upload: { owner: "done", other: "403", anon: "403" },
  read: { owner: "done", other: "404", anon: "404" },
  list: { owner: "1 file", other: "0 files", anon: "0 files" },
  delete: { owner: "1 file", other: "0 files", anon: "0 files" },
  overwrite: { owner: "403", other: "403", anon: "403" },
};

const BUCKETS = [
  { id: "lora-datasets", type: "application/x-jsonlines", limit: 500 * 1024 ** 2 },
  { id: "lora-models", type: "application/octet-stream", limit: 5 * 1024 ** 3 },
] as const;
const CONTENT = "the content";

let project: TeamProject;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});

describe.each(BUCKETS)("$id", ({ id: bucket, type, limit }) => {
  /** An object of the owner's: there before every test. */
  let name: string;
  beforeEach(async () => {
    name = `${project.owner.id}/${crypto.randomUUID()}/file`;
    const { error } = await upload(project.service, name);
    if (error !== null) throw error;
  });

  function upload(client: SupabaseClient, path: string, options: { upsert?: boolean } = {}) {
    const body = new Blob([CONTENT], { type });
    return client.storage.from(bucket).upload(path, body, { contentType: type, ...options });
  }

  async function content(): Promise<string | undefined> {
    return (await project.service.storage.from(bucket).download(name)).data?.text();
  }

  async function attempt(client: SupabaseClient, operation: Operation): Promise<string> {
    const storage = client.storage.from(bucket);
    switch (operation) {
      case "upload": {
        const { error } = await upload(client, `${name}-new`);
        return error === null ? "done" : statusOf(error);
      }
      case "overwrite": {
        const body = new Blob(["forged"], { type });
        const { error } = await storage.upload(name, body, { contentType: type, upsert: true });
        return error === null ? "done" : statusOf(error);
      }
      case "read": {
        const { data, error } = await storage.download(name);
        if (error !== null) {
          // A download's error holds the reply itself.
          const { data: info, error: reason } = await storage.info(name);
          return info === null ? statusOf(reason) : "info only";
        }
        return (await data.text()) === CONTENT ? "done" : "wrong content";
      }
      case "list": {
        const { data } = await storage.list(name.slice(0, name.lastIndexOf("/")));
        return counted(data);
      }
      case "delete": {
        const { data } = await storage.remove([name]);
        return counted(data);
      }
    }
  }

  describe.each(OPERATIONS)("%s", (operation) => {
    test.each(CALLERS)("by %s", async (caller) => {
      const client = caller === "anon" ? project.anon : project[caller].client;
      expect(await attempt(client, operation)).toBe(EXPECTED[operation][caller]);
      const isGone = operation === "delete" && caller === "owner";
      expect(await content()).toBe(isGone ? undefined : CONTENT);
    });
  });

  test("no forged path leads into another user's folder, or out of all folders", async () => {
    const { owner, other } = project;
    for (const path of [
      `${owner.id}/x`,
      `${owner.id.toUpperCase()}/x`,
      `${other.id}x/x`,
      `x/${other.id}/x`,
      `/${owner.id}/x`,
      "x",
      other.id,
    ]) {
      const { error } = await upload(other.client, path);
      expect(error === null ? `${path} was taken` : statusOf(error)).toMatch(/^40[03]$/);
    }
    const climbing = `${other.id}/../${owner.id}/climbed`;
    await upload(other.client, climbing);
    const { data } = await project.service.storage.from(bucket).list(owner.id);
    expect(data?.map((entry) => entry.name)).not.toContain("climbed");
  });

  test("a file of another type is refused", async () => {
    const body = new Blob(["<b>"], { type: "text/html" });
    const { error } = await project.owner.client.storage
      .from(bucket)
      .upload(`${project.owner.id}/page.html`, body, { contentType: "text/html" });
    expect(statusOf(error)).toBe("415");
  });

  test("a file above the limit is refused before its first byte, one at the limit is not", async () => {
    expect(await announce(limit + 1)).toBe(413);
    expect(await announce(limit)).toBe(201);
  });

  async function announce(bytes: number): Promise<number> {
    const metadata = {
      bucketName: bucket,
      objectName: `${project.owner.id}/large-${bytes}`,
      contentType: type,
    };
    const response = await fetch(`${project.stack.apiUrl}/storage/v1/upload/resumable`, {
      method: "POST",
      headers: {
        apikey: project.stack.anonKey,
        authorization: `Bearer ${project.owner.accessToken}`,
        "tus-resumable": "1.0.0",
        "upload-length": String(bytes),
        "upload-metadata": Object.entries(metadata)
          .map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`)
          .join(","),
      },
    });
    return response.status;
  }
});

function statusOf(error: unknown): string {
  const { statusCode, status } = error as { statusCode?: string; status?: number };
  return String(statusCode ?? status);
}

function counted(list: unknown[] | null): string {
  return list?.length === 1 ? "1 file" : `${list?.length} files`;
}
