create table progress (id integer primary key check (id = 1), position integer not null) strict;
