/*
 * What others of the account's teams show it: rows of their jobs, datasets and adapters, as the
 * project gave them last. A copy to look at without a network; replaced whole, never sent.
 */
export const sharedRows = `
CREATE TABLE sync_shared (
  -- Or 'members': who these others are.
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  row TEXT NOT NULL,
  PRIMARY KEY (table_name, row_id)
) STRICT;
`;
