import { Link } from "@tanstack/react-router";
import { CircleAlert, Info } from "lucide-react";
import styles from "./condition-list.module.css";
import type { StartCondition } from "./start-conditions.ts";

type ConditionListProps = { readonly conditions: readonly StartCondition[] };

/** What is in the way of starting, each with its next step, and what is good to know. */
export function ConditionList({ conditions }: ConditionListProps) {
  return (
    <ul className={styles.list} aria-label="Before it can start" aria-live="polite">
      {conditions.map(({ isBlocking, text, next }) => {
        const Icon = isBlocking ? CircleAlert : Info;
        return (
          <li key={text} className={isBlocking ? styles.blocking : styles.advice}>
            <Icon size={14} className={styles.icon} aria-hidden />
            <span>
              {text} {next !== undefined && <Link to={next.to}>{next.label}</Link>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
