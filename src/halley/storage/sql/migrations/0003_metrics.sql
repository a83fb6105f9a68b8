-- Metrics at full strength: roll-ups of two levels, on every axis; series that read through another run's.

-- where blocks of 128 points begin and end in time and epoch; null in small clocks and in those of an older version

alter table clock add column rollup $blob;

-- the second level: full chunks side by side, 128 to a row; rows cover a series from its beginning without a gap

create table stretch (
    run $integer not null,
    metric $integer not null,
    first $integer not null,
    last $integer not null,
    digests $blob not null,
    primary key (run, metric, first)
) $clustered;

-- series of a forked run: its steps up to `until`, beyond those of the row before, are read from `source`

create table heritage (
    run $integer not null,
    metric $integer not null,
    until $integer not null,
    source $integer not null,
    primary key (run, metric, until)
) $clustered;
create index heritage_source on heritage (source, metric, run);

-- how many batches of a series came among older steps: tells whether only newer steps came since a moment

alter table series add column late $integer not null default 0;
