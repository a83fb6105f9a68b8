"""One SQL implementation of the ports."""
