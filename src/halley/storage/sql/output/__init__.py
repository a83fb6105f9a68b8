"""Lines of output over SQL: the last ones as rows, older ones in compressed chunks."""
