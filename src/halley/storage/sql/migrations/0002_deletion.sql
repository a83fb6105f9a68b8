-- Deleting in slices: runs whose experiment is gone, while not all of their points and lines are.

create table deleted_run (
    run $integer primary key
) $clustered;
