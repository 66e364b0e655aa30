import type { ErrorKind, Failure } from "../../shared/contract/errors.ts";

/** Why a folder cannot be trained on, with what to do about it. */
export class ModelProblem extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.name = "ModelProblem";
    this.kind = kind;
  }

  toFailure(): Failure {
    return { kind: this.kind, message: this.message };
  }
}
