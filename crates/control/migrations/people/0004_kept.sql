-- What the rows that decide who is who, and who is no more, add up to: see control.db's table of the same name.
create table kept_state (
  id     integer primary key check (id = 1),
  number integer not null,
  sums   blob    not null,
  mac    blob    not null
) strict;

-- The rows of `person` that are added up are few; they are found at each start without reading all people.
create index person_decided on person (space, code) where erased <> 0 or into_code is not null;
