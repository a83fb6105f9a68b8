"""Where everything is kept: ports (what the server asks) and adapters (how it is done). SQL lives here only."""
