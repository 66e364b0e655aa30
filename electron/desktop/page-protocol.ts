import { readFile } from "node:fs/promises";
import { extname, isAbsolute, join, relative, resolve } from "node:path";
import type { CustomScheme } from "electron";
import { isOurPage, pageScheme } from "./our-page.ts";

/** To be registered before Electron is ready: makes app:// as able and as strict as https://. */
export const pageSchemePrivileges: CustomScheme = {
  scheme: pageScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

/**
 * Inline styles are allowed because the controls set them while running; scripts come from the
 * app's own files only, and the page talks to nobody but us.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Answers the page's requests from `rendererPath` and from nowhere else. */
export function createPageProtocol(
  rendererPath: string,
): (request: { readonly url: string; readonly method: string }) => Promise<Response> {
  const root = resolve(rendererPath);
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "Only GET.");
    const path = pathOfPage(root, request.url);
    const mediaType = path === null ? undefined : mediaTypes[extname(path).toLowerCase()];
    if (path === null || mediaType === undefined) return plain(404, "There is no such page.");
    try {
      const content = await readFile(path);
      return new Response(request.method === "HEAD" ? null : content, {
        headers: { ...safeHeaders, "content-type": mediaType, "cache-control": "no-cache" },
      });
    } catch {
      return plain(404, "There is no such page.");
    }
  };
}

/** The file that an address means, or null where it lies outside of `root`. */
export function pathOfPage(root: string, address: string): string | null {
  if (!isOurPage(address)) return null;
  let name: string;
  try {
    name = decodeURIComponent(new URL(address).pathname);
  } catch {
    return null;
  }
  // A backslash or a colon would mean another folder or drive on Windows.
  if (/[\0\\:]/.test(name)) return null;
  const path = join(root, name === "/" ? "index.html" : name);
  const inside = relative(root, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? null : path;
}

const safeHeaders = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

function plain(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { ...safeHeaders, "content-type": "text/plain; charset=utf-8" },
  });
}
