"""What a user passes to what is logged, one file a kind. Pure: no experiment, no clock, no file."""
