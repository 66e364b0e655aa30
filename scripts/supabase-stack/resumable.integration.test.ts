import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Upload } from "tus-js-client";
import type { DetailedError, UploadOptions } from "tus-js-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "./open-stack.ts";
import type { Stack } from "./open-stack.ts";
import { signUpUser } from "./sign-up-user.ts";
import type { SignedInUser } from "./sign-up-user.ts";

const CHUNK = 6 * 1024 * 1024;
const content = randomBytes(2 * CHUNK + 1234);

let stack: Stack;
let ada: SignedInUser;
let bob: SignedInUser;
beforeAll(async () => {
  stack = await openStack({
    migrations: [join(import.meta.dirname, "fixtures", "small-project.sql")],
  });
  ada = await signUpUser(stack, "ada@example.org");
  bob = await signUpUser(stack, "bob@example.org");
});
afterAll(() => stack.close());

interface Attempt {
  user: SignedInUser;
  path: string;
  bytes?: Buffer;
  bucket?: string;
  contentType?: string;
  more?: Partial<UploadOptions>;
}

/** Uploads to the end; rejects with tus-js-client's own error. */
function upload(attempt: Attempt): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const started = prepare(attempt, { onSuccess: () => resolve(started), onError: reject });
    started.start();
  });
}

function prepare(
  { user, path, bytes = content, bucket = "weights", contentType, more }: Attempt,
  handlers: Partial<UploadOptions>,
): Upload {
  return new Upload(bytes, {
    endpoint: `${stack.apiUrl}/storage/v1/upload/resumable`,
    headers: { authorization: `Bearer ${user.accessToken}` },
    metadata: {
      bucketName: bucket,
      objectName: path,
      contentType: contentType ?? "application/octet-stream",
      cacheControl: "3600",
    },
    chunkSize: CHUNK,
    retryDelays: [],
    ...handlers,
    ...more,
  });
}

async function statusOf(failed: Promise<unknown>): Promise<[number | undefined, string]> {
  const error = await failed.then(
    () => expect.fail("the upload succeeded"),
    (reason: unknown) => reason as DetailedError,
  );
  return [error.originalResponse?.getStatus(), error.originalResponse?.getBody() ?? error.message];
}

async function download(user: SignedInUser, path: string): Promise<Buffer> {
  const { data } = await user.client.storage.from("weights").download(path);
  return Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0));
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Gives up within the second chunk; the address is what one goes on from later. */
function interrupt(user: SignedInUser, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const interrupted = prepare(
      { user, path },
      {
        onError: reject,
        onProgress: (sent) => {
          if (sent <= CHUNK) return;
          void interrupted.abort().then(() => resolve(interrupted.url ?? ""), reject);
        },
      },
    );
    interrupted.start();
  });
}

test("an interrupted upload goes on where it stopped, and ends byte for byte the same", async () => {
  const path = `${ada.id}/interrupted.safetensors`;
  const uploadUrl = await interrupt(ada, path);
  expect((await ada.client.storage.from("weights").info(path)).error?.message).toBe(
    "Object not found",
  );

  const sent: number[] = [];
  await upload({
    user: ada,
    path,
    more: { uploadUrl, onChunkComplete: (_size, accepted) => sent.push(accepted) },
  });
  expect(sent[0]).toBeGreaterThan(CHUNK);
  expect(sha256(await download(ada, path))).toBe(sha256(content));
  const { data: info } = await ada.client.storage.from("weights").info(path);
  expect(info).toMatchObject({ size: content.length, cacheControl: "max-age=3600" });
});

test("whoever asks after the end hears that all has arrived", async () => {
  const finished = await upload({ user: ada, path: `${ada.id}/finished.bin` });
  const head = await fetch(finished.url ?? "", {
    method: "HEAD",
    headers: { "tus-resumable": "1.0.0", authorization: `Bearer ${ada.accessToken}` },
  });
  expect([head.status, head.headers.get("upload-offset")]).toEqual([200, String(content.length)]);
});

test("of two uploads to one name the second conflicts, unless it may replace", async () => {
  const path = `${ada.id}/contested.bin`;
  const late = await interrupt(ada, path);
  await upload({ user: ada, path });
  const goingOn = upload({ user: ada, path, more: { uploadUrl: late } });
  expect(await statusOf(goingOn)).toEqual([409, "The resource already exists"]);
  expect(await statusOf(upload({ user: ada, path }))).toEqual([409, "The resource already exists"]);

  const headers = { authorization: `Bearer ${ada.accessToken}`, "x-upsert": "true" };
  const replacing = upload({ user: ada, path, more: { headers } });
  // Replacing asks for an UPDATE policy, which this bucket lacks.
  expect(await statusOf(replacing)).toEqual([403, "new row violates row-level security policy"]);
  const bytes = Buffer.from("new");
  const notes = { user: ada, path, bytes, bucket: "notes", contentType: "text/plain" };
  await upload({ ...notes, bytes: Buffer.from("old") });
  await upload({ ...notes, more: { headers } });
  const { data } = await ada.client.storage.from("notes").download(path);
  expect(await data?.text()).toBe("new");
});

test("a chunk at the wrong place conflicts and changes nothing", async () => {
  const path = `${ada.id}/misplaced.bin`;
  const url = await interrupt(ada, path);
  const misplaced = await fetch(url, {
    method: "PATCH",
    headers: {
      "tus-resumable": "1.0.0",
      "upload-offset": "0",
      "content-type": "application/offset+octet-stream",
      authorization: `Bearer ${ada.accessToken}`,
    },
    body: new Uint8Array(content.subarray(0, CHUNK)),
  });
  expect(misplaced.status).toBe(409);
  await upload({ user: ada, path, more: { uploadUrl: url } });
  expect(sha256(await download(ada, path))).toBe(sha256(content));
});

test("another user can neither begin in one's folder nor go on with one's upload", async () => {
  const path = `${ada.id}/hers.bin`;
  expect(await statusOf(upload({ user: bob, path }))).toEqual([
    403,
    "new row violates row-level security policy",
  ]);
  const uploadUrl = await interrupt(ada, path);
  expect((await statusOf(upload({ user: bob, path, more: { uploadUrl } })))[0]).toBe(403);
  const stranger = { ...bob, accessToken: "not.a.token" };
  expect((await statusOf(upload({ user: stranger, path })))[0]).toBe(403);
});

test("what the bucket does not take, and chunks of another size, are refused", async () => {
  const notes = { user: ada, path: `${ada.id}/n.txt`, bucket: "notes" };
  expect(await statusOf(upload({ ...notes, contentType: "text/plain" }))).toEqual([
    413,
    "The object exceeded the maximum allowed size",
  ]);
  const bytes = Buffer.from("a,b");
  expect(await statusOf(upload({ ...notes, bytes, contentType: "text/csv" }))).toEqual([
    415,
    "mime type text/csv is not supported",
  ]);
  expect((await statusOf(upload({ ...notes, bytes, bucket: "nowhere" })))[0]).toBe(404);
  const small = { user: ada, path: `${ada.id}/small.bin`, more: { chunkSize: 1024 * 1024 } };
  expect((await statusOf(upload(small)))[1]).toMatch(/^Chunks must be 6291456 bytes long/);
});
