import type { z } from "zod";
import type { elsewhereSchema } from "../../shared/contract/elsewhere.ts";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type Elsewhere = z.infer<typeof elsewhereSchema>;
export type ElsewhereJob = Elsewhere["jobs"][number];
export type ElsewhereDataset = Elsewhere["datasets"][number];
export type ElsewhereArtifact = Elsewhere["artifacts"][number];

export type ElsewhereSlice = {
  readonly elsewhere: Loadable<Elsewhere>;
  /** Grows with every change of another machine's rows. */
  readonly elsewhereRevision: number;
};

export const emptyElsewhereSlice: ElsewhereSlice = { elsewhere: LOADING, elsewhereRevision: 0 };
