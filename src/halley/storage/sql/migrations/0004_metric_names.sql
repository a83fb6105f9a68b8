-- Names of metrics: which a project's runs have, and how many runs have each; kept in the transactions that write series.
-- The content is what is searched: name and context in lower case.

create table project_metric (
    project_id $integer not null,
    name $text not null,
    context $text not null,
    content $text not null,
    metric $integer not null,
    runs $integer not null,
    primary key (project_id, name, context)
) $clustered;

insert into project_metric (project_id, name, context, content, metric, runs)
select series.project_id, metric.name, metric.context, lower(metric.name || ' ' || metric.context), metric.id, count(*)
from series join metric on metric.id = series.metric
group by series.project_id, metric.name, metric.context, metric.id;
