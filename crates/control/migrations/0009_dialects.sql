-- How many events a second this source may send; null: what the configuration says.
alter table source add column events_per_s integer;
