
-- as for the other columns of bytes: nothing is gained by compressing twice

alter table clock alter column rollup set storage external;
alter table stretch alter column digests set storage external;
