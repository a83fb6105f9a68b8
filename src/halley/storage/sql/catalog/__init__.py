"""The catalogue over SQL: places, experiments, their facts, and the table that searches them."""
