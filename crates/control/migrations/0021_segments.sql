-- Who belongs to which segment, by a condition or by a list (docs/segments.md): every version, none of them ever changed. `mac` is
-- a keyed authenticator over the whole row, as in 0003_signin.sql: a broadcast may go to whom a definition says. Who is in a
-- segment at the moment stands in people.db.
create table segment_version (
  workspace blob    not null references workspace (id),
  segment   blob    not null,             -- 16 bytes, big endian
  version   integer not null,             -- from 1; the newest counts
  document  text    not null,             -- JSON: name, condition, who wrote it and when, whether it was removed
  mac       blob    not null,
  primary key (workspace, segment, version)
) strict, without rowid;
