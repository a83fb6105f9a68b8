CREATE INDEX asset_blob_digest on asset_blob (digest)

CREATE INDEX asset_kind on asset (run, kind, size_bytes)

CREATE INDEX asset_name on asset (run, kind, substr(name, 1, 100), step, position)

CREATE UNIQUE INDEX asset_position on asset (run, position)

CREATE INDEX chunk_clock on chunk (run, clock)

CREATE INDEX chunk_key on chunk (run, metric, first, last, n, clock)

CREATE INDEX clock_run on clock (run)

CREATE INDEX experiment_duration on experiment (
    project_id, is_archived,
    (case when coalesce(ended_at, heard_at) < started_at then 0 else coalesce(ended_at, heard_at) - started_at end), run
) where state <> 'running'

CREATE INDEX experiment_end on experiment (project_id, is_archived, ended_at, run)

CREATE INDEX experiment_name on experiment (project_id, is_archived, substr(name, 1, 100), run)

CREATE INDEX experiment_project on experiment (project_id, is_archived, state, heard_at)

CREATE INDEX experiment_run on experiment (project_id, is_archived, run)

CREATE INDEX experiment_running on experiment (heard_at) where state = 'running'

CREATE INDEX experiment_start on experiment (project_id, is_archived, started_at, run)

CREATE INDEX experiment_state on experiment (project_id, is_archived, state, run)

CREATE INDEX experiment_unranked on experiment (project_id, is_archived, is_ranked) where is_ranked = false

CREATE INDEX fact_name on fact (project_id, kind, name, number, run)

CREATE INDEX fact_text on fact (project_id, kind, name, substr(content, 1, 100), run) where content is not null

CREATE INDEX heritage_source on heritage (source, metric, run)

CREATE INDEX journal_run on journal (run, id)

CREATE INDEX output_chunk_key on output_chunk (run, position, last, n, n_stdout)

CREATE INDEX series_last on series (project_id, metric, ranked_last, run) where ranked_last is not null

CREATE INDEX series_max on series (project_id, metric, ranked_max, run) where ranked_max is not null

CREATE INDEX series_metric on series (project_id, metric, run)

CREATE INDEX series_min on series (project_id, metric, ranked_min, run) where ranked_min is not null

CREATE TABLE asset (
    run integer not null,
    id text not null,
    position integer not null,
    name text not null,
    kind text not null,
    media_type text not null,
    step integer,
    epoch real,
    context text not null,
    metadata text not null,
    size_bytes integer not null,
    digest text not null,
    link text not null,
    logged_at integer not null,
    content blob,
    primary key (run, id)
)

CREATE TABLE asset_blob (
    run integer not null,
    asset_id text not null,
    position integer not null,
    digest text not null,
    size_bytes integer not null,
    primary key (run, asset_id, position)
) without rowid

CREATE TABLE blob (
    digest text primary key,
    size_bytes integer not null,
    noted_at integer not null
) without rowid

CREATE TABLE chunk (
    id integer primary key autoincrement,
    run integer not null,
    metric integer not null,
    first integer not null,
    last integer not null,
    n integer not null,
    clock integer not null,
    rollup blob,
    steps blob not null,
    vals blob not null
)

CREATE TABLE clock (
    id integer primary key autoincrement,
    run integer not null,
    times blob not null,
    epochs blob not null
, rollup blob)

CREATE TABLE deleted_experiment (
    key text primary key,
    deleted_at integer not null
) without rowid

CREATE TABLE deleted_run (
    run integer primary key
) without rowid

CREATE TABLE experiment (
    run integer primary key autoincrement,
    key text not null unique,
    project_id integer not null,
    number integer not null,
    name text not null,
    state text not null,
    reason text not null,
    traceback text not null,
    started_at integer not null,
    is_start_told integer not null,
    ended_at integer,
    heard_at integer not null,
    host text not null,
    process integer not null,
    command text not null,
    source text not null,
    is_archived integer not null
, is_ranked integer not null default false)

CREATE TABLE fact (
    run integer not null,
    kind text not null,
    name text not null,
    project_id integer not null,
    type integer not null,
    number real,
    content text,
    digits text,
    source text not null,
    primary key (run, kind, name)
) without rowid

CREATE TABLE halley_schema (version integer primary key)

CREATE TABLE heritage (
    run integer not null,
    metric integer not null,
    until integer not null,
    source integer not null,
    primary key (run, metric, until)
) without rowid

CREATE TABLE journal (
    id integer primary key autoincrement,
    run integer not null,
    n integer not null,
    points blob not null
)

CREATE TABLE metric (
    id integer primary key autoincrement,
    name text not null,
    context text not null,
    unique (name, context)
)

CREATE TABLE origin (
    run integer primary key,
    first_time integer not null
)

CREATE TABLE output_chunk (
    id integer primary key autoincrement,
    run integer not null,
    position integer not null,
    last integer not null,
    n integer not null,
    n_stdout integer not null,
    facts blob not null,
    texts blob not null
)

CREATE TABLE output_line (
    run integer not null,
    position integer not null,
    number integer not null,
    stream integer not null,
    time integer not null,
    content text not null,
    primary key (run, position, number)
) without rowid

CREATE TABLE output_writer (
    run integer not null,
    position integer not null,
    writer text not null,
    primary key (run, position),
    unique (run, writer)
) without rowid

CREATE TABLE project (
    id integer primary key autoincrement,
    workspace_id integer not null,
    name text not null,
    created_at integer not null,
    experiment_total integer not null, deleted_total integer not null default 0,
    unique (workspace_id, name)
)

CREATE TABLE project_metric (
    project_id integer not null,
    name text not null,
    context text not null,
    content text not null,
    metric integer not null,
    runs integer not null,
    primary key (project_id, name, context)
) without rowid

CREATE TABLE search_text (
    run integer primary key,
    content text not null
)

CREATE TABLE series (
    run integer not null,
    metric integer not null,
    project_id integer not null,
    n integer not null,
    last_step integer not null,
    last real,
    min real,
    min_step integer,
    max real,
    max_step integer, late integer not null default 0, ranked_last real, ranked_min real, ranked_max real,
    primary key (run, metric)
) without rowid

CREATE TABLE sqlite_sequence(name,seq)

CREATE TABLE stretch (
    run integer not null,
    metric integer not null,
    first integer not null,
    last integer not null,
    digests blob not null,
    primary key (run, metric, first)
) without rowid

CREATE TABLE tag (
    run integer not null,
    name text not null,
    position integer not null,
    primary key (run, name)
) without rowid

CREATE TABLE workspace (
    id integer primary key autoincrement,
    name text not null unique
)

CREATE TABLE writer (
    run integer not null,
    writer text not null,
    records integer not null,
    primary key (run, writer)
) without rowid
