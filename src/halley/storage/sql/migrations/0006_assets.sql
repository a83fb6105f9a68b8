-- Assets: files of experiments. Small content is in the row, other content in blobs, which assets share.

create table asset (
    run $integer not null,
    id $text not null,
    position $integer not null,
    name $text not null,
    kind $text not null,
    media_type $text not null,
    step $integer,
    epoch $real,
    context $text not null,
    metadata $text not null,
    size_bytes $integer not null,
    digest $text not null,
    link $text not null,
    logged_at $integer not null,
    content $blob,
    primary key (run, id)
);
create unique index asset_position on asset (run, position);
create index asset_kind on asset (run, kind, size_bytes);
create index asset_name on asset (run, kind, substr(name, 1, 100), step, position);

create table asset_blob (
    run $integer not null,
    asset_id $text not null,
    position $integer not null,
    digest $text not null,
    size_bytes $integer not null,
    primary key (run, asset_id, position)
) $clustered;
create index asset_blob_digest on asset_blob (digest);

-- blobs whose bytes are there; belongs to no run

create table blob (
    digest $text primary key,
    size_bytes $integer not null,
    noted_at $integer not null
) $clustered;
