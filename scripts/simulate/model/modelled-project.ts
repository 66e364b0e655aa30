import type { Project, ProjectReply } from "../project.ts";
import { answerRequest } from "./answer-request.ts";
import { ModelProject } from "./model-project.ts";
import type { ProjectData } from "./project-data.ts";

/** The model as the simulator asks it: at once, whatever the promises say. */
export class ModelledProject implements Project {
  readonly #model: ModelProject;
  #backup: ProjectData | null = null;
  #restores = 0;

  constructor(now: () => number) {
    this.#model = new ModelProject(now);
  }

  get data(): ProjectData {
    return this.#model.data;
  }
  get epoch(): string {
    return this.#model.epoch;
  }
  get everDeleted(): ReadonlySet<string> {
    return this.#model.everDeleted;
  }

  async begin(): Promise<void> {}

  async answer(userId: string | null, name: string, body: string): Promise<ProjectReply> {
    if (userId === null) return { status: 401, body: '{"message": "JWT expired"}' };
    return answerRequest(this.#model, userId, name, body);
  }

  async holdHorizon(): Promise<void> {
    this.#model.holdHorizon();
  }

  async releaseHorizon(): Promise<void> {
    this.#model.releaseHorizon();
  }

  async backUp(): Promise<void> {
    this.#backup = this.#model.backUp();
  }

  async restore(): Promise<void> {
    if (this.#backup === null) throw new Error("There is no backup.");
    this.#restores += 1;
    this.#model.restore(this.#backup, `epoch-${this.#restores + 1}`);
  }

  async restart(): Promise<void> {
    this.#model.releaseHorizon();
  }
}
