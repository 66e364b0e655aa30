import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { BaseModel, ReadyModel } from "../../shared/contract/models.ts";
import { abortable } from "../python/abortable.ts";
import { modelIdOf } from "./inspect-model.ts";
import { createTinyModel, TINY_FOLDER, type TinyProgress } from "./tiny-model.ts";

export interface TinyMaker {
  /** Joins the making under way, or begins it. Rejects with an AppError. */
  start(): Promise<ReadyModel>;
  current(): Promise<ReadyModel> | null;
  /** What stands in the library for it: while it is made, and when that failed. */
  entry(): BaseModel | null;
  cancel(): Promise<void>;
  listen(listener: (progress: TinyProgress) => void): () => void;
}

export interface TinyMakerOptions {
  targetPath: string;
  trainerPath: string;
  env: NodeJS.ProcessEnv;
  pythonFor: (signal?: AbortSignal) => Promise<{ pythonPath: string }>;
  /** Reads the library anew and answers with what lies at the target now. */
  readResult: () => Promise<BaseModel | null>;
  onChanged: () => void;
}

/** Sees to it that the tiny base model is made by one process at a time. */
export function createTinyMaker(options: TinyMakerOptions): TinyMaker {
  const { targetPath, trainerPath, env, onChanged } = options;
  const listeners = new Set<(progress: TinyProgress) => void>();
  let making: { controller: AbortController; end: Promise<ReadyModel> } | null = null;
  let progress: TinyProgress | null = null;
  let failure: Failure | null = null;

  const tell = (next: TinyProgress): void => {
    progress = next;
    onChanged();
    for (const listener of listeners) listener(next);
  };

  const make = async (signal: AbortSignal): Promise<ReadyModel> => {
    failure = null;
    tell({ message: "Preparing Python", share: 0 });
    try {
      const { pythonPath } = await abortable(options.pythonFor(signal), signal);
      // What lies there is unusable, or nobody would make it.
      await rm(targetPath, { recursive: true, force: true });
      await mkdir(path.dirname(targetPath), { recursive: true });
      await createTinyModel({ pythonPath, trainerPath, targetPath, env, signal, onProgress: tell });
      progress = null;
      const result = await options.readResult();
      if (result?.status === "ready") return result;
      throw result?.status === "unusable"
        ? AppError.fromFailure(result.failure)
        : new AppError("internal", `The tiny base model was made, but is not at ${targetPath}.`);
    } catch (error) {
      const known =
        error instanceof AppError
          ? error
          : new AppError(
              "unavailable",
              `The tiny base model could not be made (${error instanceof Error ? error.message : String(error)}). Check that ${path.dirname(targetPath)} can be written to.`,
              { cause: error },
            );
      failure = known.kind === "cancelled" ? null : known.toFailure();
      throw known;
    } finally {
      progress = null;
      onChanged();
    }
  };

  return {
    start() {
      if (making !== null) return making.end;
      const controller = new AbortController();
      const started = { controller, end: make(controller.signal) };
      making = started;
      const forget = (): void => {
        if (making === started) making = null;
      };
      started.end.then(forget, forget);
      return started.end;
    },
    current: () => making?.end ?? null,
    entry() {
      const common = {
        id: modelIdOf(targetPath),
        name: TINY_FOLDER,
        path: targetPath,
        origin: "tiny" as const,
      };
      if (progress !== null) return { ...common, status: "building", progress };
      return failure === null ? null : { ...common, status: "unusable", failure };
    },
    async cancel() {
      making?.controller.abort();
      await making?.end.catch(() => undefined);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
