import { useMemo, useState } from "react";
import { Button } from "../controls/button.tsx";
import { formatCount, formatCountOf } from "../format/numbers.ts";
import styles from "./prompt-answers.module.css";
import type { PromptSamples, SampleStretch } from "./samples.ts";
import { wordChanges } from "./word-changes.ts";
import type { TextPart } from "./word-changes.ts";

export type AnswerLook = "written" | "compared";

/** Beside the first one; the others are shown on demand. */
const SHOWN = 3;

type PromptAnswersProps = { readonly samples: PromptSamples; readonly look: AnswerLook };

/** The answers to one prompt, newest first; the first stands last and is always in sight. */
export function PromptAnswers({ samples, look }: PromptAnswersProps) {
  const { prompt, stretches } = samples;
  const [isWhole, setIsWhole] = useState(false);
  const first = stretches.at(-1);
  const later = stretches.slice(0, -1);
  const shown = isWhole ? later : later.slice(0, SHOWN);
  const hidden = later.length - shown.length;
  return (
    <section className={styles.prompt} aria-label={`Answers to: ${prompt}`}>
      <h2 className={styles.words}>{prompt}</h2>
      <ol className={styles.answers}>
        {shown.map((stretch) => (
          <li key={stretch.toStep} className={styles.answer}>
            <Steps stretch={stretch} isFirst={false} />
            {look === "compared" && first !== undefined ? (
              <Changes before={first.text} after={stretch.text} />
            ) : (
              <Written text={stretch.text} />
            )}
          </li>
        ))}
        {hidden > 0 && (
          <li className={styles.more}>
            <Button look="quiet" size="small" onClick={() => setIsWhole(true)}>
              Show {formatCountOf(hidden, "answer")} between
            </Button>
          </li>
        )}
        {first !== undefined && (
          <li className={styles.answer}>
            <Steps stretch={first} isFirst={later.length > 0} />
            <Written text={first.text} />
          </li>
        )}
      </ol>
    </section>
  );
}

type StepsProps = { readonly stretch: SampleStretch; readonly isFirst: boolean };

function Steps({ stretch: { fromStep, toStep }, isFirst }: StepsProps) {
  return (
    <p className={styles.steps}>
      {isFirst && <span className={styles.first}>First</span>}
      {fromStep === toStep
        ? `step ${formatCount(toStep)}`
        : `steps ${formatCount(fromStep)} to ${formatCount(toStep)}`}
    </p>
  );
}

type WrittenProps = { readonly text: string };

function Written({ text }: WrittenProps) {
  return text.trim() === "" ? (
    <p className={styles.nothing}>nothing</p>
  ) : (
    <p className={styles.text}>{text}</p>
  );
}

type ChangesProps = { readonly before: string; readonly after: string };

/** The text with what is new in it marked; what is gone from the first answer is struck out. */
function Changes({ before, after }: ChangesProps) {
  const parts = useMemo(() => shownChanges(before, after), [before, after]);
  return (
    <p className={styles.text}>
      {parts.map(({ kind, text }, index) => {
        // Parts have no other identity than their place, and are never moved.
        const key = `${index} ${kind}`;
        if (kind === "same") return <span key={key}>{text}</span>;
        if (kind === "new") return <ins key={key}>{text}</ins>;
        return <del key={key}>{text}</del>;
      })}
    </p>
  );
}

/** Where nothing has stayed, the first answer need not be repeated: it stands below. */
function shownChanges(before: string, after: string): readonly TextPart[] {
  const parts = wordChanges(before, after);
  const hasStayed = parts.some(({ kind }) => kind === "same");
  return hasStayed ? parts : parts.filter(({ kind }) => kind !== "gone");
}
