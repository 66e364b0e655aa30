"use strict";
const { ProjectFailure } = require("./failure.js");

const TIMEOUT_MS = 15_000;

/**
 * Sends a request to the project with a key, as supabase-js would.
 *
 * @param {{url: string}} project
 * @param {string} key
 * @param {string} path
 * @param {{method?: string, headers?: Record<string, string>, body?: string}} [options]
 */
async function request(project, key, path, { method = "GET", headers = {}, body } = {}) {
  // Only the older keys are tokens themselves; the newer ones are no bearer tokens.
  const isToken = key.split(".").length === 3;
  try {
    return await fetch(`${project.url}${path}`, {
      method,
      headers: { apikey: key, ...(isToken ? { authorization: `Bearer ${key}` } : {}), ...headers },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw unreachable(project.url, cause);
  }
}

function unreachable(/** @type {string} */ url, /** @type {any} */ cause) {
  const code = cause?.cause?.code ?? cause?.code ?? cause?.name;
  const reasons = {
    ENOTFOUND: "there is no such host",
    ECONNREFUSED: "nothing listens there",
    TimeoutError: `there was no answer within ${TIMEOUT_MS / 1000} s`,
    ERR_INVALID_URL: "it is not a web address",
  };
  return new ProjectFailure(
    `${url} cannot be reached: ${reasons[code] ?? code ?? cause?.message}.`,
    "Check NEXT_PUBLIC_SUPABASE_URL (dashboard: Project Settings → Data API), that the project is not paused, and the network. For the local stack: is `npm run stack` still running? It may have another port now.",
    { code, cause },
  );
}

/** @param {Response} response */
async function readError(response) {
  const text = await response.text();
  try {
    const { code, error, message, msg, statusCode } = JSON.parse(text);
    return { code: String(code ?? error ?? statusCode ?? ""), message: message ?? msg ?? text };
  } catch {
    return { code: "", message: text.slice(0, 200) || response.statusText };
  }
}

module.exports = { readError, request };
