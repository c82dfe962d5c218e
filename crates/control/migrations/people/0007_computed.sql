-- Traits that are worked out from what people did stand among the segments: a row of `segment_person` is then a value.
alter table segment_run add column trait text;      -- its name; null for a segment
alter table segment_person add column value text;   -- JSON, where it has one
