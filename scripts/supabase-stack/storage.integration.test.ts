import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStack } from "./open-stack.ts";
import type { Stack } from "./open-stack.ts";
import { connect, signUpUser } from "./sign-up-user.ts";
import type { SignedInUser } from "./sign-up-user.ts";

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

const asText = { contentType: "text/plain" };
const notFound = { status: 400, statusCode: "404", message: "Object not found" };
const denied = {
  status: 400,
  statusCode: "403",
  message: "new row violates row-level security policy",
};
const duplicate = { status: 400, statusCode: "409", message: "The resource already exists" };

test("a user uploads, downloads, asks about, lists and removes a file", async () => {
  const notes = ada.client.storage.from("notes");
  const path = `${ada.id}/2024/first.txt`;
  const uploaded = await notes.upload(path, "line one\n", {
    contentType: "text/plain;charset=UTF-8",
    metadata: { rows: 1 },
  });
  expect(uploaded.data).toMatchObject({ path, fullPath: `notes/${path}` });

  const { data: blob } = await notes.download(path);
  expect(await blob?.text()).toBe("line one\n");
  const info = await notes.info(path);
  expect(info.data).toMatchObject({
    id: uploaded.data?.id,
    name: path,
    bucketId: "notes",
    size: 9,
    contentType: "text/plain;charset=UTF-8",
    metadata: { rows: 1 },
  });
  expect((await notes.exists(path)).data).toBe(true);

  await notes.upload(`${ada.id}/second.txt`, "b", asText);
  const { data: top } = await notes.list(ada.id);
  expect(top?.map(({ name, id }) => [name, id === null])).toEqual([
    ["2024", true],
    ["second.txt", false],
  ]);
  const { data: inside } = await notes.list(`${ada.id}/2024`, { search: "FIR" });
  expect(inside).toMatchObject([{ name: "first.txt", metadata: { size: 9 } }]);

  const { data: removed } = await notes.remove([path, `${ada.id}/missing.txt`]);
  expect(removed?.map(({ name }) => name)).toEqual([path]);
  expect((await notes.download(path)).error).toMatchObject({ status: 400 });
  expect((await notes.info(path)).error).toMatchObject(notFound);
});

test("another user reads, lists, replaces and removes nothing of it", async () => {
  const path = `${ada.id}/private.txt`;
  await ada.client.storage.from("notes").upload(path, "mine", asText);
  const theirs = bob.client.storage.from("notes");

  expect((await theirs.info(path)).error).toMatchObject(notFound);
  expect((await theirs.download(path)).error).toMatchObject({ status: 400 });
  expect((await theirs.createSignedUrl(path, 60)).error).toMatchObject(notFound);
  expect((await theirs.list(ada.id)).data).toEqual([]);
  expect((await theirs.remove([path])).data).toEqual([]);
  expect((await theirs.upload(`${ada.id}/forged.txt`, "x", asText)).error).toMatchObject(denied);
  expect((await theirs.update(path, "x", asText)).error).toMatchObject(denied);
  expect((await connect(stack).storage.from("notes").info(path)).error).toMatchObject(notFound);

  const { data } = await ada.client.storage.from("notes").download(path);
  expect(await data?.text()).toBe("mine");
});

test("an object is replaced only when that is asked for and allowed", async () => {
  const notes = ada.client.storage.from("notes");
  const path = `${ada.id}/replace.txt`;
  const first = await notes.upload(path, "one", asText);
  expect((await notes.upload(path, "two", asText)).error).toMatchObject(duplicate);
  const second = await notes.upload(path, "two", { ...asText, upsert: true });
  expect(second.data?.id).toBe(first.data?.id);
  expect(await (await notes.download(path)).data?.text()).toBe("two");

  // In this bucket no policy allows an UPDATE.
  const weights = ada.client.storage.from("weights");
  await weights.upload(path, "one", asText);
  expect((await weights.update(path, "two", asText)).error).toMatchObject(denied);
  expect(await (await weights.download(path)).data?.text()).toBe("one");
});

test("what the bucket does not take is refused", async () => {
  const notes = ada.client.storage.from("notes");
  const large = await notes.upload(`${ada.id}/large.txt`, "x".repeat(1001), asText);
  expect(large.error).toMatchObject({
    status: 400,
    statusCode: "413",
    message: "The object exceeded the maximum allowed size",
  });
  const blob = new Blob(["x".repeat(1001)], { type: "text/plain" });
  expect((await notes.upload(`${ada.id}/large.txt`, blob)).error).toMatchObject({
    statusCode: "413",
  });
  const csv = await notes.upload(`${ada.id}/a.csv`, "a,b", { contentType: "text/csv" });
  expect(csv.error).toMatchObject({
    status: 400,
    statusCode: "415",
    message: "mime type text/csv is not supported",
  });
  const nowhere = ada.client.storage.from("nowhere");
  expect((await nowhere.upload(`${ada.id}/a`, "a", asText)).error).toMatchObject({
    statusCode: "404",
    message: "Bucket not found",
  });
  expect((await notes.list(ada.id, { search: "large" })).data).toEqual([]);
});

test("binary content survives as a form and as a stream", async () => {
  const weights = ada.client.storage.from("weights");
  const bytes = randomBytes(3_000_000);
  // Content that looks like the end of the form it travels in.
  const content = Buffer.concat([bytes, Buffer.from("\r\n--boundary--\r\n\r\n--"), bytes]);
  const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

  await weights.upload(`${ada.id}/form.bin`, new Blob([content]), { metadata: { kind: "form" } });
  const stream = new Blob([content]).stream();
  await weights.upload(`${ada.id}/stream.bin`, stream, {
    contentType: "application/octet-stream",
  });
  for (const name of ["form.bin", "stream.bin"]) {
    const { data } = await weights.download(`${ada.id}/${name}`);
    expect(sha256(new Uint8Array((await data?.arrayBuffer()) ?? []))).toBe(sha256(content));
  }
  const { data: info } = await weights.info(`${ada.id}/form.bin`);
  expect(info).toMatchObject({ size: content.length, metadata: { kind: "form" } });

  const range = await fetch(`${stack.apiUrl}/storage/v1/object/weights/${ada.id}/form.bin`, {
    headers: { authorization: `Bearer ${ada.accessToken}`, range: "bytes=10-19" },
  });
  expect([range.status, range.headers.get("content-range")]).toEqual([
    206,
    `bytes 10-19/${content.length}`,
  ]);
  expect(Buffer.from(await range.arrayBuffer())).toEqual(content.subarray(10, 20));
});

test("a signed link opens its own object for whoever has it", async () => {
  const notes = ada.client.storage.from("notes");
  const path = `${ada.id}/shared note.txt`;
  await notes.upload(path, "for you", asText);
  const { data } = await notes.createSignedUrl(path, 60);
  const opened = await fetch(data?.signedUrl ?? "");
  expect([opened.status, await opened.text()]).toEqual([200, "for you"]);

  const other = (data?.signedUrl ?? "").replace("shared%20note", "private");
  expect(await (await fetch(other)).json()).toMatchObject({ error: "InvalidSignature" });

  const many = await notes.createSignedUrls([path, `${ada.id}/missing.txt`], 60);
  expect(many.data?.map(({ error }) => error)).toEqual([
    null,
    "Either the object does not exist or you do not have access to it",
  ]);
});

test("buckets are visible with the secret key only, and all keys are understood", async () => {
  expect((await ada.client.storage.listBuckets()).data).toEqual([]);
  expect((await ada.client.storage.getBucket("notes")).error).toMatchObject({
    message: "Bucket not found",
  });
  for (const key of [stack.secretKey, stack.serviceRoleKey]) {
    const { data } = await connect(stack, key).storage.getBucket("notes");
    expect(data).toMatchObject({
      id: "notes",
      public: false,
      file_size_limit: 1000,
      allowed_mime_types: ["text/plain", "application/json"],
    });
  }
});

test("a public bucket's files open without a key, and only a public bucket's", async () => {
  const path = `${ada.id}/poster.txt`;
  await ada.client.storage.from("notes").upload(path, "for all", { ...asText, upsert: true });
  const open = (bucket: string, name: string) =>
    fetch(`${stack.apiUrl}/storage/v1/object/public/${bucket}/${name}`);
  const closed = await open("notes", path);
  expect([closed.status, await closed.json()]).toMatchObject([
    400,
    { statusCode: "404", message: "Bucket not found" },
  ]);

  const admin = new Client(stack.adminDbUrl);
  await admin.connect();
  try {
    await admin.query("update storage.buckets set public = true where id = 'notes'");
    expect(await (await open("notes", path)).text()).toBe("for all");
    expect(await (await open("notes", "none")).json()).toMatchObject({
      message: "Object not found",
    });
  } finally {
    await admin.query("update storage.buckets set public = false where id = 'notes'");
    await admin.end();
  }
});

test("a token that is no good is refused before anything else", async () => {
  const answer = await fetch(`${stack.apiUrl}/storage/v1/object/notes/${ada.id}/x.txt`, {
    method: "POST",
    headers: { authorization: "Bearer not.a.token" },
    body: "x".repeat(500_000),
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { statusCode: "403", error: "Unauthorized" },
  ]);
});
