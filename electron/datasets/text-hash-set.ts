import type { Turn } from "../../shared/contract/datasets.ts";

const FIRST_SLOTS = 1 << 12;

/**
 * Remembers rows by 64 bits of hash each, in 8 to 16 bytes a row, so that ten million fit in memory.
 * Two different rows among ten million are taken for equal with a probability of about 3 in a million.
 */
export class TextHashSet {
  /** Pairs of words, open addressing; a pair of zeros is free. */
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #count = 0;

  /**
   * False when a row of the same turns, white space folded, was added before, with the same text
   * `beyond` them.
   */
  add(turns: readonly Turn[], beyond = ""): boolean {
    const [high, low] = hashTurns(turns, beyond);
    if (!this.#insert(high, low)) return false;
    this.#count += 1;
    if (this.#count * 8 > this.#slots.length * 3) this.#grow();
    return true;
  }

  #insert(high: number, low: number): boolean {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 2;
      if (slots[at] === 0 && slots[at + 1] === 0) {
        slots[at] = high;
        slots[at + 1] = low;
        return true;
      }
      if (slots[at] === high && slots[at + 1] === low) return false;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const high = old[at] as number;
      const low = old[at + 1] as number;
      if (high !== 0 || low !== 0) this.#insert(high, low);
    }
  }
}

function hashTurns(turns: readonly Turn[], beyond: string): [high: number, low: number] {
  let high = 0x9e3779b9;
  let low = 0x243f6a88;
  for (const { role, text } of turns) {
    // Beyond 16 bits, so that no character of a text equals the mark of a role.
    const mark = 0x10000 + role.charCodeAt(0);
    high = stirHigh(high, mark);
    low = stirLow(low, mark);
    let hasInk = false;
    let isSpacePending = false;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      // Nearly all text takes the first half of this test.
      if ((code <= 0x20 || code >= 0xa0) && isWhiteSpace(code)) {
        isSpacePending = hasInk;
        continue;
      }
      hasInk = true;
      // A space is put in front of its character, in the bits that no character has.
      const unit = isSpacePending ? code | SPACE_BEFORE : code;
      isSpacePending = false;
      high = stirHigh(high, unit);
      low = stirLow(low, unit);
    }
  }
  if (beyond !== "") {
    high = stirHigh(high, NO_ROLE);
    low = stirLow(low, NO_ROLE);
    for (let at = 0; at < beyond.length; at++) {
      high = stirHigh(high, beyond.charCodeAt(at));
      low = stirLow(low, beyond.charCodeAt(at));
    }
  }
  high = mix(high ^ mix(low));
  low = mix(low + high);
  return high === 0 && low === 0 ? [0, 1] : [high, low];
}

const SPACE_BEFORE = 0x20000;
/** In the place of a role's mark. */
const NO_ROLE = 0x10000;

function stirHigh(word: number, code: number): number {
  return Math.imul(((word << 5) | (word >>> 27)) ^ code, 0x85ebca6b);
}

function stirLow(word: number, code: number): number {
  return Math.imul(((word << 13) | (word >>> 19)) + code, 0xc2b2ae35);
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** White space as `\s` of regular expressions has it. */
function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0xa0;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}
