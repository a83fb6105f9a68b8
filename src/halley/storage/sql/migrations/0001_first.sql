-- The first schema: catalogue, metrics, output. Words after a dollar sign differ between databases, see dialect.py.

-- places

create table workspace (
    id $identity,
    name $text not null unique
);

create table project (
    id $identity,
    workspace_id $integer not null,
    name $text not null,
    created_at $integer not null,
    experiment_total $integer not null,
    unique (workspace_id, name)
);

-- experiments: run is never given twice, so that a deleted experiment's points can never meet another's

create table experiment (
    run $identity,
    key $text not null unique,
    project_id $integer not null,
    number $integer not null,
    name $text not null,
    state $text not null,
    reason $text not null,
    traceback $text not null,
    started_at $integer not null,
    is_start_told $boolean not null,
    ended_at $integer,
    heard_at $integer not null,
    host $text not null,
    process $integer not null,
    command $text not null,
    source $text not null,
    is_archived $boolean not null
);
create index experiment_project on experiment (project_id, is_archived, state, heard_at);
create index experiment_running on experiment (heard_at) where state = 'running';

-- keys of experiments that were deleted: who still sends one does not bring it back

create table deleted_experiment (
    key $text primary key,
    deleted_at $integer not null
) $clustered;

-- what search by text looks through: name, key, tags and parameter values in lower case

create table search_text (
    run $integer primary key,
    content $text not null
);

create table tag (
    run $integer not null,
    name $text not null,
    position $integer not null,
    primary key (run, name)
) $clustered;

-- parameters and others: number and text are what sorts; an integer that a float cannot hold is kept in digits

create table fact (
    run $integer not null,
    kind $text not null,
    name $text not null,
    project_id $integer not null,
    type $integer not null,
    number $real,
    content $text,
    digits $text,
    source $text not null,
    primary key (run, kind, name)
) $clustered;
create index fact_name on fact (project_id, kind, name, number, run);

-- how many records the store has of each writer: the gate of exactly-once

create table writer (
    run $integer not null,
    writer $text not null,
    records $integer not null,
    primary key (run, writer)
) $clustered;

-- metrics

create table metric (
    id $identity,
    name $text not null,
    context $text not null,
    unique (name, context)
);

create table origin (
    run $integer primary key,
    first_time $integer not null
);

create table journal (
    id $identity,
    run $integer not null,
    n $integer not null,
    points $blob not null
);
create index journal_run on journal (run, id);

create table clock (
    id $identity,
    run $integer not null,
    times $blob not null,
    epochs $blob not null
);
create index clock_run on clock (run);

create table chunk (
    id $identity,
    run $integer not null,
    metric $integer not null,
    first $integer not null,
    last $integer not null,
    n $integer not null,
    clock $integer not null,
    rollup $blob,
    steps $blob not null,
    vals $blob not null
);
create index chunk_key on chunk (run, metric, first, last, n, clock);
create index chunk_clock on chunk (run, clock);

create table series (
    run $integer not null,
    metric $integer not null,
    project_id $integer not null,
    n $integer not null,
    last_step $integer not null,
    last $real,
    min $real,
    min_step $integer,
    max $real,
    max_step $integer,
    primary key (run, metric)
) $clustered;
create index series_metric on series (project_id, metric, run);

-- output: the last lines of each writer as rows, older ones in compressed chunks

create table output_writer (
    run $integer not null,
    position $integer not null,
    writer $text not null,
    primary key (run, position),
    unique (run, writer)
) $clustered;

create table output_chunk (
    id $identity,
    run $integer not null,
    position $integer not null,
    last $integer not null,
    n $integer not null,
    n_stdout $integer not null,
    facts $blob not null,
    texts $blob not null
);
create index output_chunk_key on output_chunk (run, position, last, n, n_stdout);

create table output_line (
    run $integer not null,
    position $integer not null,
    number $integer not null,
    stream $integer not null,
    time $integer not null,
    content $text not null,
    primary key (run, position, number)
) $clustered;
