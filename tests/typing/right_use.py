"""Everyday use; must pass a strict type checker."""

import halley

experiment = halley.start(project_name="digits", workspace="default")
experiment.log_parameter("learning_rate", 0.01)
experiment.log_parameters({"model": {"depth": 3}}, prefix="run")
experiment.log_metric("loss", 0.5, step=1, epoch=0.5)
experiment.log_metrics({"loss": 0.5, "nested": {"accuracy": 1}}, step=2)
experiment.log_other("note", "first")
experiment.add_tags(["baseline", "small"])
with experiment.train():
    experiment.log_metric("loss", 1, step=3)
key: str = experiment.get_key()
is_delivered: bool = experiment.flush(timeout=1.0)
experiment.end()

with halley.Experiment(project_name="digits", disabled=True) as another:
    another.set_name("by hand")
