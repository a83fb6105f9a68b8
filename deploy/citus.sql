-- Spreads Halley's tables over a Citus cluster by run. Run it once, on the coordinator, on an empty database that
-- `halley server` has opened. See docs/guides/scale-out.md for what is known of it.

-- a key of a distributed table must hold the column by which it is distributed

alter table journal drop constraint journal_pkey, add primary key (run, id);
alter table clock drop constraint clock_pkey, add primary key (run, id);
alter table chunk drop constraint chunk_pkey, add primary key (run, id);
alter table output_chunk drop constraint output_chunk_pkey, add primary key (run, id);
create index clock_id on clock (id);
create index chunk_id on chunk (id);
create index output_chunk_id on output_chunk (id);

-- small tables that every run refers to are on every machine

select create_reference_table('halley_schema');
select create_reference_table('workspace');
select create_reference_table('project');
select create_reference_table('experiment');
select create_reference_table('deleted_experiment');
select create_reference_table('deleted_run');
select create_reference_table('metric');
select create_reference_table('project_metric');
select create_reference_table('blob');

-- everything that an experiment says is where its run is

select create_distributed_table('writer', 'run');
select create_distributed_table('owner', 'run', colocate_with => 'writer');
select create_distributed_table('search_text', 'run', colocate_with => 'writer');
select create_distributed_table('tag', 'run', colocate_with => 'writer');
select create_distributed_table('fact', 'run', colocate_with => 'writer');
select create_distributed_table('origin', 'run', colocate_with => 'writer');
select create_distributed_table('journal', 'run', colocate_with => 'writer');
select create_distributed_table('clock', 'run', colocate_with => 'writer');
select create_distributed_table('chunk', 'run', colocate_with => 'writer');
select create_distributed_table('stretch', 'run', colocate_with => 'writer');
select create_distributed_table('series', 'run', colocate_with => 'writer');
select create_distributed_table('heritage', 'run', colocate_with => 'writer');
select create_distributed_table('output_writer', 'run', colocate_with => 'writer');
select create_distributed_table('output_chunk', 'run', colocate_with => 'writer');
select create_distributed_table('output_line', 'run', colocate_with => 'writer');
select create_distributed_table('asset', 'run', colocate_with => 'writer');
select create_distributed_table('asset_blob', 'run', colocate_with => 'writer');
