-- The list of purges (docs/formats/purges.md): what must go again when an older backup is restored, told without
-- holding it. `sealed` opens with the master key alone; `chain` covers the entry and all before it.
create table purge_list (
  number integer primary key,                      -- 0, 1, 2 …
  purge  blob    not null unique,
  entry  integer not null,                         -- the ledger's entry that names number and chain
  sealed blob    not null,
  chain  blob    not null
) strict;

-- Restores that made this data what it is, for those who run it.
create table restored (
  id        integer primary key,
  at_ms     integer not null,
  backup_ms integer,                               -- when the backup was made, where it says so
  list_ms   integer,                               -- of when the list was; null: restored without one
  purges    integer not null                       -- how many purges were carried out again
) strict;
