"use strict";

const COMPARISON = /^bucket_id = '((?:[^']|'')*)'(?:::text)?$/;

/**
 * Whether a policy's condition can only ever hold for buckets other than `ours`. What is not
 * understood counts as "no".
 *
 * @param {string} condition as PostgreSQL writes it, with brackets around every operand
 * @param {string[]} ours
 * @returns {boolean}
 */
function holdsForOtherBucketsOnly(condition, ours) {
  const inner = withoutBrackets(condition.trim());
  const alternatives = split(inner, " OR ");
  if (alternatives.length > 1) {
    return alternatives.every((part) => holdsForOtherBucketsOnly(part, ours));
  }
  const demands = split(inner, " AND ");
  if (demands.length > 1) return demands.some((part) => holdsForOtherBucketsOnly(part, ours));
  const bucket = COMPARISON.exec(inner)?.[1];
  return bucket !== undefined && !ours.includes(bucket.replaceAll("''", "'"));
}

/** Without the brackets that belong together around the whole. */
function withoutBrackets(/** @type {string} */ text) {
  let inner = text;
  while (inner.startsWith("(") && endOfBracket(inner) === inner.length - 1) {
    inner = inner.slice(1, -1);
  }
  return inner;
}

function endOfBracket(/** @type {string} */ text) {
  return depths(text).indexOf(0);
}

/** Splits at a word that stands outside of brackets and quotes. */
function split(/** @type {string} */ text, /** @type {string} */ word) {
  const depth = depths(text);
  const parts = [];
  let start = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (depth[at] !== 0) continue;
    parts.push(text.slice(start, at));
    start = at + word.length;
  }
  return [...parts, text.slice(start)];
}

/** How many brackets and quotes are open after each character. */
function depths(/** @type {string} */ text) {
  let brackets = 0;
  /** @type {string | null} */
  let quote = null;
  return Array.from({ length: text.length }, (_, at) => {
    const character = text[at];
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "(") brackets++;
    else if (character === ")") brackets--;
    return brackets + (quote === null ? 0 : 1);
  });
}

module.exports = { holdsForOtherBucketsOnly };
