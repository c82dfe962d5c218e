-- One key per person, wrapped under the workspace's seal key. Destroying it is erasing the person.
create table subject_key (
  workspace blob    not null,
  person    integer not null,
  wrapped   blob    not null,
  primary key (workspace, person)
) strict, without rowid;

-- Personal values, each sealed under its person's key and bound to workspace, person, name and class.
create table sealed_value (
  workspace blob    not null,
  person    integer not null,
  name      text    not null,
  class     text    not null,
  sealed    blob    not null,
  primary key (workspace, person, name),
  foreign key (workspace, person) references subject_key on delete cascade
) strict, without rowid;
