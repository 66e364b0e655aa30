/** Part of a text: as it was, new in it, or gone from it. */
export type TextPart = { readonly kind: "same" | "new" | "gone"; readonly text: string };

/** Of the table below; beyond it, the texts are simply taken for wholly different. */
const MOST_CELLS = 1_000_000;

/** Below this share of common words, marks word by word would only be in the way. */
const LEAST_COMMON = 0.3;

/**
 * How `after` differs from `before`, word by word: their longest common subsequence of words, each
 * with the white space behind it. Texts with little in common are told apart as wholes.
 */
export function wordChanges(before: string, after: string): readonly TextPart[] {
  const old = wordsOf(before);
  const fresh = wordsOf(after);
  const apart = joined([part("gone", before), part("new", after)]);
  if (old.length * fresh.length > MOST_CELLS) return apart;
  const width = fresh.length + 1;
  // common[i * width + j]: how many words old[i…] and fresh[j…] have in common.
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  if (at(0, 0) < LEAST_COMMON * Math.max(old.length, fresh.length)) return apart;
  const parts: TextPart[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    const isSame = i < old.length && j < fresh.length && old[i] === fresh[j];
    if (isSame) {
      parts.push(part("same", old[i]));
      i += 1;
      j += 1;
    } else if (j >= fresh.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      parts.push(part("gone", old[i]));
      i += 1;
    } else {
      parts.push(part("new", fresh[j]));
      j += 1;
    }
  }
  return joined(parts);
}

function wordsOf(text: string): readonly string[] {
  return text.match(/^\s+|\S+\s*/g) ?? [];
}

function part(kind: TextPart["kind"], text = ""): TextPart {
  return { kind, text };
}

function joined(parts: readonly TextPart[]): readonly TextPart[] {
  const whole: { kind: TextPart["kind"]; text: string }[] = [];
  for (const { kind, text } of parts) {
    const last = whole.at(-1);
    if (last?.kind === kind) last.text += text;
    else if (text !== "") whole.push({ kind, text });
  }
  return whole;
}
