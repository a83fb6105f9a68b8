"""Mistakes that a strict type checker must catch, line by line."""

import halley

experiment = halley.Experiment(project_name=3)  # wrong
experiment.log_parameters(prefix="run")  # wrong
experiment.add_tags(5)  # wrong
experiment.set_name(None)  # wrong
number: int = experiment.get_key()  # wrong
halley.begin()  # wrong
