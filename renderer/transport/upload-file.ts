import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { failureSchema } from "../../shared/contract/errors.ts";
import type { FileTransfer, PickedFile } from "./window-client.ts";

const uploadedSchema = z.object({ fileId: z.uuid(), name: z.string() });
const refusalSchema = z.union([
  failureSchema,
  z.object({ error: failureSchema }).transform((body) => body.error),
]);

/**
 * Sends a file to the core over HTTP. XMLHttpRequest, because fetch cannot tell how much of a
 * body has been sent.
 */
export function uploadFile(file: File, transfer: FileTransfer): Promise<PickedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const report = (bytesSent: number): void =>
      transfer.onProgress({ name: file.name, bytesSent, bytesTotal: file.size });
    const abort = (): void => request.abort();
    const fail = (error: AppError): void => {
      transfer.signal.removeEventListener("abort", abort);
      reject(error);
    };

    request.upload.addEventListener("progress", (event) => report(event.loaded));
    request.addEventListener("load", () => {
      if (request.status < 200 || request.status > 299) return fail(readRefusal(request, file));
      const uploaded = uploadedSchema.safeParse(parseJson(request.responseText));
      if (!uploaded.success) {
        return fail(new AppError("internal", `The core did not say where it put ${file.name}.`));
      }
      transfer.signal.removeEventListener("abort", abort);
      resolve(uploaded.data);
    });
    request.addEventListener("error", () =>
      fail(
        new AppError(
          "unavailable",
          `${file.name} could not be sent: the connection to the core broke. Try again.`,
        ),
      ),
    );
    request.addEventListener("abort", () =>
      fail(new AppError("cancelled", `Sending ${file.name} was cancelled.`)),
    );

    if (transfer.signal.aborted) {
      fail(new AppError("cancelled", `Sending ${file.name} was cancelled.`));
      return;
    }
    transfer.signal.addEventListener("abort", abort);
    report(0);
    request.open("POST", `/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.send(file);
  });
}

function readRefusal(request: XMLHttpRequest, file: File): AppError {
  const refusal = refusalSchema.safeParse(parseJson(request.responseText));
  if (refusal.success) return AppError.fromFailure(refusal.data);
  return new AppError(
    request.status === 401 || request.status === 403 ? "forbidden" : "internal",
    `The core refused ${file.name} (HTTP ${request.status}). Reload the window and try again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
