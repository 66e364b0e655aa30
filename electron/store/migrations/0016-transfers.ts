export const transfers = `
-- Files on their way to or from the project's buckets, one row each. Those that are done stay: they
-- say which objects have been verified; those that were given up stay, so that they do not begin
-- again by themselves.
CREATE TABLE transfers (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  direction TEXT NOT NULL CHECK (direction IN ('upload', 'download')),
  table_name TEXT NOT NULL CHECK (table_name IN ('datasets', 'model_artifacts')),
  row_id TEXT NOT NULL,
  -- 'only': the row's one file. An adapter has files and a manifest, which lists them with their
  -- hashes: it is uploaded last and downloaded first.
  part TEXT NOT NULL CHECK (part IN ('only', 'file', 'manifest')),
  file_name TEXT NOT NULL,
  bucket TEXT NOT NULL,
  object_name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  -- What is uploaded, or where a download is written to.
  path TEXT NOT NULL,
  -- Of an upload's file when it was hashed: the same file has the same stamp.
  stamp TEXT,
  bytes_total INTEGER NOT NULL,
  bytes_done INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'moving', 'verifying', 'done', 'paused',
    'failed', 'cancelled')),
  -- Size and sha256 were found equal at the end.
  is_verified INTEGER NOT NULL DEFAULT 0 CHECK (is_verified IN (0, 1)),
  -- Where an upload under way goes on (TUS).
  upload_url TEXT,
  error TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX transfers_row ON transfers (table_name, row_id);
CREATE INDEX transfers_state ON transfers (state);
`;
