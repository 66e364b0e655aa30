import { text as readText } from "node:stream/consumers";
import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import { type NoticeHooks, noticeHooksSchema } from "../../../shared/contract/notifications.ts";
import { print } from "../output.ts";
import type { RunWithCore } from "../session.ts";
import { table } from "../terminal.ts";

/** `notices`: what was told, and who else is told. */
export function addNoticeCommands(program: Command, run: RunWithCore): void {
  const notices = program.command("notices").description("what was told of runs and datasets");
  const change = (
    options: { json?: boolean },
    edit: (hooks: NoticeHooks) => Promise<NoticeHooks>,
  ) =>
    run(options, async ({ core: { client }, isJson }) => {
      const wanted = await edit(await client.request("notices.hooks", {}));
      const hooks = await client.request("notices.setHooks", wanted);
      print(isJson, { ok: true, ...hooks }, () => describeHooks(hooks));
    });

  notices
    .command("list", { isDefault: true })
    .description("list the notices, newest first")
    .option("--limit <count>", "how many", "30")
    .option("--json", "print one JSON line")
    .action((options: { limit: string; json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const list = await client.request("notices.list", { limit: Number(options.limit) });
        print(isJson, { ok: true, ...list }, () =>
          list.notices.length === 0
            ? "No notices yet."
            : list.notices
                .map(({ createdAt, isRead, title, message }) =>
                  [`${isRead ? " " : "•"} ${createdAt}  ${title}`, `    ${message}`].join("\n"),
                )
                .join("\n"),
        );
      }),
    );
  notices
    .command("read")
    .description("mark all notices as read")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        await client.request("notices.markRead", { id: null });
        print(isJson, { ok: true }, () => "All notices are marked as read.");
      }),
    );
  notices
    .command("hooks")
    .description("who is told besides the list")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) => change(options, (hooks) => Promise.resolve(hooks)));
  notices
    .command("webhook <url>")
    .description(
      "tell a webhook, too; `-` reads its address from standard input, `none` forgets all",
    )
    .option("--slack", "as Slack, Mattermost and Discord's /slack take it")
    .option("--json", "print one JSON line")
    .action((url: string, options: { slack?: boolean; json?: boolean }) =>
      change(options, async (hooks) => ({
        ...hooks,
        webhooks: url === "none" ? [] : [...hooks.webhooks, await webhookOf(url, options.slack)],
      })),
    );
  notices
    .command("command <program...>")
    .description(
      "run a program at every notice, the notice as JSON on its standard input; `none` forgets it",
    )
    .option("--json", "print one JSON line")
    .action((command: string[], options: { json?: boolean }) =>
      change(options, (hooks) => {
        const isNone = command.length === 1 && command[0] === "none";
        return Promise.resolve({ ...hooks, command: isNone ? null : command });
      }),
    );
  notices
    .command("least <priority>")
    .description("what hooks are told of at least: low, normal, high or urgent")
    .option("--json", "print one JSON line")
    .action((priority: string, options: { json?: boolean }) =>
      change(options, (hooks) =>
        Promise.resolve({ ...hooks, leastPriority: priorityOf(priority) }),
      ),
    );
  notices
    .command("try")
    .description("send a trial notice to every hook")
    .option("--json", "print one JSON line")
    .action((options: { json?: boolean }) =>
      run(options, async ({ core: { client }, isJson }) => {
        const tried = await client.request("notices.tryHooks", {});
        const ok = tried.every(({ isDelivered }) => isDelivered);
        print(isJson, { ok, hooks: tried }, () =>
          tried.length === 0
            ? "No hooks are set. Add one: lora-desk notices webhook URL"
            : table(
                ["HOOK", "ANSWER"],
                tried.map(({ hook, message }) => [hook, message]),
              ),
        );
        if (!ok) process.exitCode = 1;
      }),
    );
}

async function webhookOf(
  address: string,
  isSlack = false,
): Promise<NoticeHooks["webhooks"][number]> {
  const url = address === "-" ? (await readText(process.stdin)).trim() : address;
  const parsed = noticeHooksSchema.shape.webhooks
    .unwrap()
    .element.safeParse({ url, kind: isSlack ? "slack" : "generic" });
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", "This is no address of a webhook: it begins with https://.");
}

function priorityOf(text: string): NoticeHooks["leastPriority"] {
  const parsed = noticeHooksSchema.shape.leastPriority.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_input", `“${text}” is none of low, normal, high and urgent.`);
}

function describeHooks({ isDesktopOn, webhooks, command, leastPriority }: NoticeHooks): string {
  return [
    `Told of what is at least ${leastPriority}:`,
    `  desktop  ${isDesktopOn ? "on" : "off"}`,
    ...webhooks.map(({ url, kind }) => `  webhook  ${new URL(url).host} (${kind})`),
    ...(command === null ? [] : [`  command  ${command.join(" ")}`]),
  ].join("\n");
}
