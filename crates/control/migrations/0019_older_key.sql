-- A workspace's key can be replaced. The one before it is kept, wrapped, until nothing is sealed under it any more; then its row
-- goes, and with it what only it opens.
alter table workspace add column key_made_ms integer;

create table older_key (
  workspace   blob    primary key references workspace (id),
  wrapped     blob    not null,
  replaced_ms integer not null,
  replaced_by text    not null
) strict;
