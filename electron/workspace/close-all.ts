/**
 * Ends everything, the last one first, and takes it off the list. What fails keeps nothing else
 * from ending, and is thrown in the end.
 */
export async function closeAll(closers: (() => void | Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const closer of closers.splice(0).reverse()) {
    try {
      await closer();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, "Several parts did not end well");
  if (failures.length === 1) throw failures[0];
}
