
-- who wrote a run last: a server whose number is here may trust what it remembers of the run

create table owner (
    run $integer primary key,
    server $integer not null
);

-- points are compressed already: PostgreSQL must not try again, and reads parts of a row without the rest

alter table journal alter column points set storage external;
alter table clock alter column times set storage external;
alter table clock alter column epochs set storage external;
alter table chunk alter column rollup set storage external;
alter table chunk alter column steps set storage external;
alter table chunk alter column vals set storage external;
alter table output_chunk alter column facts set storage external;
alter table output_chunk alter column texts set storage external;

-- rows that live for seconds are cleaned up often

alter table journal set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);
alter table output_line set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);
alter table series set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table writer set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
alter table experiment set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
