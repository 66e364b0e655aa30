import type { Command } from "commander";
import type { InspectedRow, TokenInspection } from "../../../shared/contract/tokens.ts";
import {
  prepareDataset,
  prepareEnvironment,
  prepareTinyModel,
} from "../../quickstart/prepare-run.ts";
import { sampleHyperparameters } from "../../quickstart/sample-hyperparameters.ts";
import { findDataset } from "../find-dataset.ts";
import { findModel } from "../find-model.ts";
import { applySettings } from "../hyperparameter-options.ts";
import { print } from "../output.ts";
import { rowNumbers } from "../row-numbers.ts";
import type { RunWithCore } from "../session.ts";
import { bar, StatusLine } from "../terminal.ts";
import { leftOutLine, markTokens, PLAIN_MARKS, TERMINAL_MARKS } from "../token-text.ts";

interface InspectOptions {
  model?: string;
  rows: string;
  maxTokens?: string;
  longRows?: string;
  json?: boolean;
}

type LongRows = Parameters<typeof leftOutLine>[0];

const MOST_ROWS = 50;

/** `inspect`: what a model would read, and learn, of a dataset's rows. */
export function addInspectCommand(program: Command, run: RunWithCore): void {
  program
    .command("inspect <dataset>")
    .description("show rows as a model reads them, with the tokens that it would learn marked")
    .option("--model <dir>", "a base model's folder or name (default: the tiny one)")
    .option("--rows <numbers>", "0-based, for example 0,5,10-12", "0-2")
    .option("--max-tokens <n>", "length at which a row is too long")
    .option("--long-rows <policy>", "drop, truncate or split")
    .option("--json", "print one JSON line")
    .action((which: string, options: InspectOptions) =>
      run(options, async ({ core: { client }, isJson }) => {
        const rows = rowNumbers(options.rows, MOST_ROWS);
        const { max_sequence_tokens: maxSequenceTokens, long_rows: longRows } = applySettings(
          sampleHyperparameters,
          [
            ...(options.maxTokens === undefined
              ? []
              : [`max_sequence_tokens=${options.maxTokens}`]),
            ...(options.longRows === undefined ? [] : [`long_rows=${options.longRows}`]),
          ],
        );
        const line = new StatusLine();
        const show = ({ message, share }: { message: string; share: number | null }) =>
          line.show(share === null ? message : `${bar(share)} ${message}`);
        await prepareEnvironment(client, show);
        const model =
          options.model === undefined
            ? await prepareTinyModel(client, show)
            : await findModel(client, options.model);
        const wanted = await findDataset(client, which);
        const dataset =
          wanted.kind === "library" ? wanted.dataset : await prepareDataset(client, wanted, show);
        line.show("Tokenising");
        const inspection = await client.request("datasets.inspectTokens", {
          datasetId: dataset.id,
          modelId: model.id,
          rows,
          maxSequenceTokens,
          longRows,
        });
        line.clear();
        print(isJson, { ok: true, ...inspection }, () =>
          describe(inspection, model.name, longRows),
        );
      }),
    );
}

function describe(inspection: TokenInspection, modelName: string, longRows: LongRows): string {
  const isTerminal = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  const marks = isTerminal ? TERMINAL_MARKS : PLAIN_MARKS;
  const mark = ([before, after]: readonly [string, string], text: string) => before + text + after;
  const head = [
    `Base model   ${modelName}, ${TEMPLATES[inspection.template]}`,
    `Learnt       ${mark(marks.learnt, "so marked")}, by ${MARKINGS[inspection.marking]}`,
    leftOutLine(longRows, mark(marks.cutOff, "so marked"), inspection.maxSequenceTokens),
  ];
  const rows = inspection.rows.map((row) => `${rowHead(row)}\n${markTokens(row, marks)}`);
  return [head.join("\n"), ...rows].join("\n\n");
}

const TEMPLATES: Record<TokenInspection["template"], string> = {
  model: "with its own chat template",
  chatml: "without a chat template: ChatML is used",
  none: "no chat template is needed for raw text",
};
const MARKINGS: Record<TokenInspection["marking"], string> = {
  generation: "the template's own marks",
  search: "where the assistant's turns are found in the text",
  whole_text: "taking the whole text",
};

function rowHead(row: InspectedRow): string {
  const { tokenCount, labelCount } = row;
  const share = tokenCount === 0 ? "" : ` (${Math.round((100 * labelCount) / tokenCount)} %)`;
  const reason = row.reason === null ? "" : `  ${row.reason}`;
  const outcome = row.outcome.replaceAll("_", " ");
  return `Row ${row.row}  ${outcome}  ${tokenCount} tokens, ${labelCount} learnt${share}${reason}`;
}
