-- What the rows that decide who is who, and who is no more, add up to: see control.db's table of the same name.
create table kept_state (
  id     integer primary key check (id = 1),
  number integer not null,
  sums   blob    not null,
  mac    blob    not null
) strict;
