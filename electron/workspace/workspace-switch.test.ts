import { expect, test, vi } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Workspace } from "./workspace.ts";
import { WorkspaceSwitch } from "./workspace-switch.ts";

const A = "a";
const B = "b";

/** Workspaces that write down what becomes of them. */
function stage() {
  const story: string[] = [];
  const broken = new Set<string | null>();
  const unclosable = new Set<string | null>();
  const open = async (accountId: string | null): Promise<Workspace> => {
    if (broken.has(accountId)) throw new AppError("unavailable", `${accountId} is broken`);
    story.push(`open ${accountId}`);
    return {
      accountId,
      store: undefined as never,
      parts: undefined as never,
      machineSettings: () => ({}),
      closeParts: async () => {
        if (unclosable.has(accountId)) throw new Error(`${accountId} does not end`);
        story.push(`end ${accountId}`);
      },
      closeStore: () => void story.push(`close ${accountId}`),
    };
  };
  return { story, broken, unclosable, open };
}

const whose = ({ accountId }: Workspace) => accountId;

test("the parts end, the file is closed, and the other is opened, in this order", async () => {
  const { story, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  await workspaces.replace({
    accountId: B,
    meanwhile: async () => void story.push("meanwhile"),
  });
  expect(story).toEqual(["open a", "end a", "close a", "meanwhile", "open b"]);
  expect(await workspaces.use(whose)).toBe(B);
  await workspaces.close();
  expect(story.slice(-2)).toEqual(["end b", "close b"]);
});

test("what is asked meanwhile waits for the other", async () => {
  const { open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  const gate = Promise.withResolvers<void>();
  const changing = workspaces.replace({ accountId: B, meanwhile: () => gate.promise });
  const asked = [workspaces.use(whose), workspaces.use(whose)];
  gate.resolve();
  expect(await Promise.all(asked)).toEqual([B, B]);
  await changing;
});

test("what was asked before is answered by the one before, and its file waits for it", async () => {
  const { story, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  const gate = Promise.withResolvers<void>();
  const asked = workspaces.use(async (workspace) => {
    await gate.promise;
    story.push("answered");
    return whose(workspace);
  });
  const changing = workspaces.replace({ accountId: B });
  gate.resolve();
  expect(await asked).toBe(A);
  await changing;
  expect(story).toEqual(["open a", "answered", "end a", "close a", "open b"]);
});

test("work that its part's end does not end is given up on, and told as a cancellation", async () => {
  const { story, open } = stage();
  const timings = { letThroughMs: 1, giveUpMs: 1 };
  const workspaces = new WorkspaceSwitch(await open(A), open, timings);
  const gate = Promise.withResolvers<void>();
  const asked = workspaces.use(async () => {
    await gate.promise;
    throw new Error("statement has been finalized");
  });
  await workspaces.replace({ accountId: B });
  expect(story.slice(1)).toEqual(["end a", "close a", "open b"]);
  gate.resolve();
  await expect(asked).rejects.toMatchObject({ kind: "cancelled" });
});

test("where the other cannot be opened, the one before is open again", async () => {
  const { story, broken, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  broken.add(B);
  await expect(workspaces.replace({ accountId: B })).rejects.toThrow("b is broken");
  expect(story).toEqual(["open a", "end a", "close a", "open a"]);
  expect(await workspaces.use(whose)).toBe(A);
  expect(workspaces.accountId).toBe(A);
});

test("where the parts do not end as they should, the one before is opened anew and answers", async () => {
  const { story, unclosable, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  unclosable.add(A);
  const meanwhile = vi.fn<() => Promise<void>>();
  const changing = workspaces.replace({ accountId: B, meanwhile });
  const asked = workspaces.use(whose);
  await expect(changing).rejects.toThrow("a does not end");
  expect(meanwhile).not.toHaveBeenCalled();
  expect(story).toEqual(["open a", "close a", "open a"]);
  expect(await asked).toBe(A);
  unclosable.delete(A);
  await workspaces.replace({ accountId: B });
  expect(await workspaces.use(whose)).toBe(B);
});

test("the file is closed in the end, also where the parts do not end as they should", async () => {
  const { story, unclosable, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  unclosable.add(A);
  await expect(workspaces.close()).rejects.toThrow("a does not end");
  expect(story).toEqual(["open a", "close a"]);
});

test("one that must not be closed now stays open, as it was", async () => {
  const { story, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  const gate = Promise.withResolvers<void>();
  let isImporting = false;
  const asked = workspaces.use(async () => {
    await gate.promise;
    isImporting = true;
  });
  const changing = workspaces.replace({
    accountId: B,
    // Asked once what was under way has been let through, so that nothing can begin behind its back.
    mayClose: (workspace) => {
      if (isImporting) throw new AppError("conflict", `${whose(workspace)} is importing`);
    },
  });
  gate.resolve();
  await asked;
  await expect(changing).rejects.toThrow("a is importing");
  expect(story).toEqual(["open a"]);
  expect(await workspaces.use(whose)).toBe(A);
});

test("where none can be opened, requests say so, and a later change can still mend it", async () => {
  const { broken, open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  broken.add(A).add(B);
  await expect(workspaces.replace({ accountId: B })).rejects.toThrow("broken");
  await expect(workspaces.use(whose)).rejects.toMatchObject({ kind: "unavailable" });
  broken.delete(B);
  await workspaces.replace({ accountId: B });
  expect(await workspaces.use(whose)).toBe(B);
});

test("nothing is opened any more once it is closed", async () => {
  const { open } = stage();
  const workspaces = new WorkspaceSwitch(await open(A), open);
  await workspaces.close();
  await expect(workspaces.use(whose)).rejects.toMatchObject({ kind: "unavailable" });
  await expect(workspaces.replace({ accountId: B })).rejects.toMatchObject({
    kind: "unavailable",
  });
});
