"""The command line, one file a command.

A command is a module here named as the command, whose docstring's first line is its summary. It has
`configure(parser: argparse.ArgumentParser) -> None`, which adds its arguments, and
`run(arguments: argparse.Namespace) -> int`, which does the work and returns the exit code: 0 done, 1 it could not be
done, 2 it was asked for wrongly. `main` finds commands by their files and imports only the one that is called.
"""
