"""What the server asks of a store: one Protocol a question, each with its contract in prose."""
