import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readMultipartFile } from "./multipart-file.ts";

/** A form as the platform itself writes it, cut into pieces of the given lengths. */
async function formOf(form: FormData, lengths: number[]): Promise<IncomingMessage> {
  const written = new Response(form);
  const whole = Buffer.from(await written.arrayBuffer());
  const pieces: Buffer[] = [];
  for (let at = 0, index = 0; at < whole.length; index++) {
    const length = lengths[index % lengths.length] ?? whole.length;
    pieces.push(whole.subarray(at, at + length));
    at += length;
  }
  const headers = { "content-type": written.headers.get("content-type") };
  return Object.assign(Readable.from(pieces), { headers }) as unknown as IncomingMessage;
}

test("the fields and the file are the same however the form arrives in pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
      async (bytes, lengths) => {
        const form = new FormData();
        form.append("cacheControl", "3600");
        form.append("metadata", '{"note":"two\\nlines"}');
        form.append("", new Blob([bytes], { type: "application/json" }));
        const file = await readMultipartFile(await formOf(form, lengths));
        expect(Object.fromEntries(file.fields)).toEqual({
          cacheControl: "3600",
          metadata: '{"note":"two\\nlines"}',
        });
        expect(file.contentType).toBe("application/json");
        expect(await buffer(file.bytes)).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

test("a form without a file, and one that stops half-way, are refused", async () => {
  const form = new FormData();
  form.append("cacheControl", "3600");
  await expect(readMultipartFile(await formOf(form, [50]))).rejects.toThrow(/it has no file/);

  form.append("", new Blob(["x".repeat(500)]));
  const request = await formOf(form, [100]);
  const cut = Readable.from((await request.toArray()).slice(0, -2) as Buffer[]);
  const half = Object.assign(cut, { headers: request.headers }) as unknown as IncomingMessage;
  const { bytes } = await readMultipartFile(half);
  await expect(buffer(bytes)).rejects.toThrow(/it stops before its end/);
});
