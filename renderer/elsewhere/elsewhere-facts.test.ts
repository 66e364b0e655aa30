import { describe, expect, it } from "vitest";
import {
  artifactsOf,
  askable,
  askedWords,
  inOrderOfInterest,
  ownerWords,
  secondsElsewhere,
  shareElsewhere,
  stepWordsElsewhere,
} from "./elsewhere-facts.ts";
import type { ElsewhereArtifact, ElsewhereJob } from "./elsewhere-slice.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const job = (part: Partial<ElsewhereJob> = {}): ElsewhereJob =>
  ({
    id: "job",
    user_id: "ada",
    workstation: "gpu-box",
    status: "running",
    desired_state: null,
    progress: 0.48,
    current_step: 640,
    total_steps: 1332,
    started_at: "2026-03-01T11:00:00+00:00",
    completed_at: null,
    created_at: "2026-03-01T10:00:00+00:00",
    ...part,
  }) as ElsewhereJob;

describe("a job of another machine", () => {
  it("can be asked to stop or to go on, once", () => {
    expect(askable(job())).toBe("stopped");
    expect(askable(job({ desired_state: "stopped" }))).toBeNull();
    expect(askable(job({ status: "stopping" }))).toBeNull();
    expect(askable(job({ status: "stopped", desired_state: "stopped" }))).toBe("running");
    expect(askable(job({ status: "failed", desired_state: "running" }))).toBeNull();
    expect(askable(job({ status: "completed" }))).toBeNull();
  });

  it("says what was asked of it until it is done", () => {
    expect(askedWords(job())).toBeNull();
    expect(askedWords(job({ desired_state: "stopped" }))).toMatch(/stop was asked for: gpu-box/);
    expect(askedWords(job({ status: "stopped", desired_state: "stopped" }))).toBeNull();
    expect(askedWords(job({ status: "stopped", desired_state: "running" }))).toMatch(/go on/);
    expect(askedWords(job({ desired_state: "running" }))).toBeNull();
  });

  it("tells how far it has come and how long it took", () => {
    expect(shareElsewhere(job())).toBe(0.48);
    expect(shareElsewhere(job({ status: "completed", progress: 0.99 }))).toBe(1);
    expect(shareElsewhere(job({ total_steps: 0 }))).toBeNull();
    expect(stepWordsElsewhere(job())).toBe("step 640 of 1,332 (48\u202f%)");
    expect(secondsElsewhere(job(), NOW)).toBe(3600);
    expect(secondsElsewhere(job({ status: "interrupted" }), NOW)).toBeNull();
    expect(secondsElsewhere(job({ completed_at: "2026-03-01T11:30:00+00:00" }), NOW)).toBe(1800);
  });

  it("stands before those that have ended", () => {
    const ordered = inOrderOfInterest([
      job({ id: "old", status: "completed", created_at: "2026-02-01T10:00:00+00:00" }),
      job({ id: "new", status: "completed", created_at: "2026-03-01T10:30:00+00:00" }),
      job({ id: "live", created_at: "2026-01-01T10:00:00+00:00" }),
    ]);
    expect(ordered.map(({ id }) => id)).toEqual(["live", "new", "old"]);
  });

  it("belongs to somebody, and has its adapters", () => {
    const artifact = (part: object): ElsewhereArtifact =>
      ({ id: "a", job_id: "job", version: 1, deleted_at: null, ...part }) as ElsewhereArtifact;
    const elsewhere = {
      datasets: [],
      jobs: [],
      artifacts: [
        artifact({}),
        artifact({ version: 2 }),
        artifact({ deleted_at: "2026-03-01T10:00:00+00:00" }),
        artifact({ job_id: "another" }),
      ],
      members: [{ userId: "bob", email: "bob@example.org" }],
      invitations: [],
    };
    expect(ownerWords(elsewhere, job(), "ada")).toBe("you");
    expect(ownerWords(elsewhere, job({ user_id: "bob" }), "ada")).toBe("bob@example.org");
    expect(ownerWords(elsewhere, job({ user_id: "eve" }), "ada")).toBe("a colleague");
    expect(artifactsOf(elsewhere, "job").map(({ version }) => version)).toEqual([2, 1]);
  });
});
