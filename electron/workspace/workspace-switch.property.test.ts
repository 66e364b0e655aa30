import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Workspace } from "./workspace.ts";
import { WorkspaceSwitch } from "./workspace-switch.ts";

type Fault = "open" | "parts" | "store" | "meanwhile" | "busy";
const accountId = fc.constantFrom("a", "b", null);
const fault = fc.constantFrom<Fault>("open", "parts", "store", "meanwhile", "busy");
const step = fc.record({
  to: accountId,
  faults: fc.uniqueArray(fault, { maxLength: 2 }),
  asks: fc.nat({ max: 2 }),
});

test("whatever fails, all that is asked is answered, and never are two files open", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.boolean(), async (steps, isAtOnce) => {
      let faults: readonly Fault[] = [];
      const openNow = new Set<Workspace>();
      /** Those whose parts have not begun to end: others may keep one waiting for ever. */
      const answering = new Set<Workspace>();
      const fail = (which: Fault) => {
        if (faults.includes(which)) throw new Error(which);
      };
      const open = async (id: string | null): Promise<Workspace> => {
        await Promise.resolve();
        fail("open");
        const workspace: Workspace = {
          accountId: id,
          store: undefined as never,
          parts: undefined as never,
          machineSettings: () => ({}),
          closeParts: async () => {
            answering.delete(workspace);
            await Promise.resolve();
            fail("parts");
          },
          closeStore: () => {
            openNow.delete(workspace);
            fail("store");
          },
        };
        openNow.add(workspace);
        answering.add(workspace);
        expect(openNow.size).toBe(1);
        return workspace;
      };
      const timings = { letThroughMs: 1, giveUpMs: 1 };
      const workspaces = new WorkspaceSwitch(await open(null), open, timings);
      const ask = () =>
        workspaces
          .use(
            (workspace) => answering.has(workspace),
            // Only what a person can be told is an answer.
          )
          .catch((error: unknown) => error instanceof AppError && error.kind);
      const answers: Promise<unknown>[] = [];
      const changes: Promise<void>[] = [];
      for (const { to, asks, ...each } of steps) {
        faults = each.faults;
        const change = workspaces
          .replace({
            accountId: to,
            mayClose: () => fail("busy"),
            meanwhile: async () => fail("meanwhile"),
          })
          .then(
            () => expect(workspaces.accountId).toBe(to),
            (error: unknown) => expect(error).toBeInstanceOf(Error),
          );
        for (let index = 0; index < asks; index++) answers.push(ask());
        changes.push(change);
        if (!isAtOnce) await change;
      }
      for (const answer of await Promise.all(answers))
        expect([true, "unavailable"]).toContain(answer);
      await Promise.all(changes);

      faults = [];
      await workspaces.replace({ accountId: "a" });
      expect(await workspaces.use((workspace) => workspace.accountId)).toBe("a");
      await workspaces.close();
      expect(openNow.size).toBe(0);
    }),
  );
});
