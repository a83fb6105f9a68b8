"""The public methods of an experiment, by subject. A pane holds no state; it checks, encodes, and emits."""
