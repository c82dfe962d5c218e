-- What somebody may do for a time because another person said so (docs/grants.md). `mac` is a keyed
-- authenticator over the whole row, as in 0003_signin.sql.

create table access_grant (
  id        blob    primary key,
  workspace blob    not null references workspace (id),
  kind      text    not null,              -- export | support
  subject   blob    not null references account (id), -- whoever may use it
  closed    integer not null,              -- 1: nothing can become of it any more
  document  text    not null,              -- JSON: who asked for what and why, what was decided, used, ended
  mac       blob    not null
) strict, without rowid;
create index access_grant_by_workspace on access_grant (workspace, closed);
create index access_grant_by_subject on access_grant (subject, closed);

-- The persons who exist in one export and nowhere else, by keyed hash of what they are found by.
create table export_canary (
  workspace blob not null references workspace (id),
  hash      blob not null,
  grant_id  blob not null references access_grant (id),
  mac       blob not null,
  primary key (workspace, hash)
) strict, without rowid;
