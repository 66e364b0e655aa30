import { useEffect, useRef, useState } from "react";
import type { AppError } from "../../shared/app-error.ts";
import type { Params, Result } from "../../shared/contract/contract.ts";
import { useClient, useConnectionCount } from "../core/desk.tsx";
import { asAppError } from "../core/loadable.ts";
import { PAGE_ROWS, pagesInSight, rowIn, withPage } from "./row-pages.ts";
import type { RowPages } from "./row-pages.ts";

type PagedMethod = "datasets.preview" | "datasets.rejections";
type PagedRow<M extends PagedMethod> = Result<M>["rows"][number];

export type PagedRows<R> = {
  /** The row at a place in the whole list, once it is here. */
  readonly rowAt: (index: number) => R | undefined;
  readonly error: AppError | null;
  readonly retry: () => void;
};

/**
 * Rows of a dataset, fetched as they come into sight. The component that uses it is keyed by the
 * dataset: the pages of another one would be mistaken for its own.
 */
export function useRowPages<M extends PagedMethod>(
  method: M,
  datasetId: string,
  first: number,
  last: number,
): PagedRows<PagedRow<M>> {
  const client = useClient();
  const connections = useConnectionCount();
  const [pages, setPages] = useState<RowPages<PagedRow<M>>>(new Map());
  const [error, setError] = useState<AppError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const underWay = useRef(new Set<number>());
  // One text that changes with either reason to ask anew.
  const occasion = connections === 0 ? null : `${connections} ${attempt}`;

  useEffect(() => {
    if (occasion === null) return;
    const wanted = pagesInSight(first, last).filter(
      (page) => !pages.has(page) && !underWay.current.has(page),
    );
    for (const page of wanted) {
      underWay.current.add(page);
      const params = { id: datasetId, offset: page * PAGE_ROWS, limit: PAGE_ROWS } as Params<M>;
      client.request(method, params).then(
        ({ rows }) => {
          underWay.current.delete(page);
          setError(null);
          setPages((held) => withPage<PagedRow<M>>(held, page, rows));
        },
        (reason: unknown) => {
          underWay.current.delete(page);
          setError(asAppError(reason));
        },
      );
    }
  }, [client, occasion, method, datasetId, first, last, pages]);

  return {
    rowAt: (index) => rowIn(pages, index),
    error,
    retry: () => setAttempt((count) => count + 1),
  };
}
