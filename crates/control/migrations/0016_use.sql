-- From where a token may be used; and when what gives power was last used, so that what nobody uses lapses (docs/access.md).

alter table api_token add column networks text not null default ''; -- separated by spaces; empty: from anywhere
alter table api_token drop column last_used_ms;

-- A row is needed only once something was used, confirmed or has lapsed; without one it counts from when it was made. So a
-- row that is removed, or an older one put back, can only make something lapse earlier.
create table last_use (
  workspace  blob    not null,             -- empty: the installation
  holder     blob    not null,             -- a member, operator or token
  used_ms    integer,                      -- to within an hour
  used_from  text,                         -- keyed mark of the network
  renewed_ms integer,                      -- when somebody who may said that it is still needed
  told       integer not null,             -- 1: that it is about to lapse; 2: that it has
  lapsed_ms  integer,
  mac        blob    not null,
  primary key (workspace, holder)
) strict, without rowid;

-- What the tables that give or limit power add up to (control::kept), so that a row removed or put back is found.
create table kept_state (
  id     integer primary key check (id = 1),
  number integer not null,                 -- only grows
  sums   blob    not null,
  mac    blob    not null
) strict;
