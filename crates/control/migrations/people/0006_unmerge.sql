-- A merge can be undone: what is each code's own stays with it, and what the survivor took over is known.

-- What a survivor had of a trait before it took over the other's. No time: it had none.
create table overlaid (
  space     integer not null,
  into_code integer not null,
  from_code integer not null,
  name      integer not null,
  time_ms   integer,
  plain     text,
  class     text,
  hash      blob,
  sealed    blob,                               -- the value of a sealed one, under the key of `into_code`
  primary key (space, into_code, from_code, name)
) strict, without rowid;
create index overlaid_by_gone on overlaid (space, from_code);

-- Pairs that a member decided are two people, whatever the rules say.
create table apart (
  no        integer primary key,
  space     integer not null,
  one       integer not null,
  other     integer not null,
  by_member blob    not null,
  reason    text    not null,
  offset    integer not null,
  at_ms     integer not null,
  unique (space, one, other)
) strict;
create index apart_by_other on apart (space, other);

-- Merges that were undone, and when they held: from after `since` to before `offset`.
create table parted (
  no           integer primary key,
  space        integer not null,
  from_code    integer not null,
  into_code    integer not null,
  why          text    not null,                -- of the merge
  since        integer not null,
  since_ms     integer not null,
  since_member blob,
  by_member    blob    not null,
  reason       text    not null,
  offset       integer not null,
  at_ms        integer not null
) strict;
create index parted_by_gone on parted (space, from_code);
create index parted_by_survivor on parted (space, into_code);

alter table merged add column by_member blob;                   -- null: a rule
alter table identifier add column at_ms integer;                -- of the event that brought it
alter table outgoing add column kind integer not null default 0; -- 0 merge or erase, 1 how it stands

-- Events and what was beyond a limit are counted of each code alone from here on, and added up when somebody looks.
update person set events = max(person.events - gone.events, 0)
from (select merged.space as space, merged.into_code as code, sum(person.events) as events
      from merged join person on person.space = merged.space and person.code = merged.from_code group by 1, 2) as gone
where person.space = gone.space and person.code = gone.code;
update overflow set count = overflow.count - gone.count
from (select merged.space as space, merged.into_code as code, overflow.kind as kind, sum(overflow.count) as count
      from merged join overflow on overflow.space = merged.space and overflow.code = merged.from_code group by 1, 2, 3) as gone
where overflow.space = gone.space and overflow.code = gone.code and overflow.kind = gone.kind;
delete from overflow where count <= 0;

-- Of earlier merges it is known what was taken over, since both have it, and not what there was before.
insert into overlaid (space, into_code, from_code, name)
select merged.space, merged.into_code, merged.from_code, own.name
from merged
join trait as own on own.space = merged.space and own.code = merged.from_code
join trait as kept on kept.space = merged.space and kept.code = merged.into_code and kept.name = own.name
where kept.time_ms = own.time_ms and kept.plain is own.plain and kept.class is own.class and kept.hash is own.hash;
