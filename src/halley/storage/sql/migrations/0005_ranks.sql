-- Sorting the experiments table without reading all of it: indexes in the order in which people sort.

-- values of ended runs; null while points come, because an entry that moves with every batch costs more than the batch

alter table series add column ranked_last $real;
alter table series add column ranked_min $real;
alter table series add column ranked_max $real;
alter table experiment add column is_ranked $boolean not null default false;

update series set ranked_last = last, ranked_min = min, ranked_max = max
where run in (select run from experiment where state <> 'running');
update experiment set is_ranked = true where state <> 'running';

create index series_last on series (project_id, metric, ranked_last, run) where ranked_last is not null;
create index series_min on series (project_id, metric, ranked_min, run) where ranked_min is not null;
create index series_max on series (project_id, metric, ranked_max, run) where ranked_max is not null;

-- text may be longer than an index takes: it sorts by its first 100 characters

create index fact_text on fact (project_id, kind, name, substr(content, 1, 100), run) where content is not null;

create index experiment_run on experiment (project_id, is_archived, run);
create index experiment_unranked on experiment (project_id, is_archived, is_ranked) where is_ranked = false;
create index experiment_name on experiment (project_id, is_archived, substr(name, 1, 100), run);
create index experiment_state on experiment (project_id, is_archived, state, run);
create index experiment_start on experiment (project_id, is_archived, started_at, run);
create index experiment_duration on experiment (
    project_id, is_archived,
    (case when coalesce(ended_at, heard_at) < started_at then 0 else coalesce(ended_at, heard_at) - started_at end), run
) where state <> 'running';
create index experiment_end on experiment (project_id, is_archived, ended_at, run);

-- so many of a project's experiments were deleted: how many there are is known without counting them

alter table project add column deleted_total $integer not null default 0;
update project set deleted_total =
    experiment_total - (select count(*) from experiment where experiment.project_id = project.id);
