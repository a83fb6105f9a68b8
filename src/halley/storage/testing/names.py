"""What every adapter of the catalogue port has to do when it searches names of metrics."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from halley.core.metric import MetricId
from halley.storage.ports.storage import Storage
from halley.storage.testing.make import WAIT_SECONDS, log, make_run, new_key
from halley.storage.testing.metrics import settings_of_suite


class NamesContract:
    """See `Catalog.search_metrics`."""

    def test_metrics_of_a_project_are_found_by_their_letters(self, storage: Storage) -> None:
        """All words in name and context, without case; what begins with the first, then what more runs have."""
        first, second, third = (make_run(storage) for _ in range(3))
        elsewhere = make_run(storage, "another")
        for run, metrics in [
            (first, ["loss", "Loss/total", "accuracy", "val_loss", "ÄHRE", "50%_done", "a!b"]),
            (second, ["loss", "val_loss", "grad/loss"]),
            (third, ["val_loss"]),
            (elsewhere, ["loss", "elsewhere"]),
        ]:
            log(storage, run, [(MetricId(name), 0, 1, 0.0, 1.0) for name in metrics])
        log(storage, first, [(MetricId("loss", "train"), 0, 1, 0.0, 1.0), (MetricId("loss"), 1, 1, 0.0, 1.0)])
        for text, found in [
            ("loss", ["loss:2", "Loss/total:1", "loss(train):1", "val_loss:3", "grad/loss:1"]),
            ("LOSS tr", ["loss(train):1"]),
            ("tot lo", ["Loss/total:1"]),
            ("ähre", ["ÄHRE:1"]),
            ("%", ["50%_done:1"]),
            ("_", ["val_loss:3", "50%_done:1"]),
            ("!", ["a!b:1"]),
            ("l%s", []),
            ("elsewhere", []),
        ]:
            assert list_names(storage, text=text) == found, text
        assert list_names(storage, limit=4) == ["val_loss:3", "loss:2", "50%_done:1", "Loss/total:1"]
        assert list_names(storage, context="train") == ["loss(train):1"]
        assert list_names(storage, text="val", context="train") == []
        everything = list_names(storage)
        assert everything == [name for at in range(0, 9, 2) for name in list_names(storage, offset=at, limit=2)]
        with storage.read() as session:
            assert session.catalog.search_metrics("default", "general", limit=9).has_more is False
            assert session.catalog.search_metrics("default", "general", limit=8).has_more is True
            assert session.catalog.search_metrics("default", "nowhere") == ((), False)

    def test_very_many_metrics_leave_room_for_other_columns(self, storage: Storage) -> None:
        """At most 5,000 of a kind are listed; the search finds the others."""
        run = make_run(storage)
        log(storage, run, [(MetricId(f"m{at:04}"), 0, 1, 0.0, 1.0) for at in range(5_010)])
        storage.write(lambda session: session.catalog.put_others(run, {"note": 1})).result(WAIT_SECONDS)
        with storage.read() as session:
            columns = session.catalog.list_columns("default", "general")
        assert [column.name for column in columns] == [*(f"m{at:04}" for at in range(5_000)), "note"]
        assert list_names(storage, text="M5009") == ["m5009:1"]

    @settings_of_suite
    @given(acts=st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from("abcdef"))), max_size=15))
    def test_runs_of_a_metric_are_counted_whatever_is_deleted(
        self, storage: Storage, acts: list[tuple[int, set[str]]]
    ) -> None:
        """Logging a metric again counts nothing; deleting a metric, or a run, takes what it had."""
        project = new_key()
        runs = [make_run(storage, project) for _ in range(3)]
        model: dict[int, set[str]] = {run: set() for run in runs}
        for act, names in acts:
            if act < 2:
                if names:
                    log(storage, runs[act], [(MetricId(name), 0, 1, 0.0, 1.0) for name in sorted(names)])
                model[runs[act]] |= names
            elif act == 2:
                for name in names:
                    assert delete_metric(storage, runs[0], MetricId(name)) is (name in model[runs[0]])
                model[runs[0]] -= names
            else:
                storage.write(lambda session: session.metrics.delete(runs[1])).result(WAIT_SECONDS)
                model[runs[1]] = set()
            counts = Counter(name for names in model.values() for name in names)
            wanted = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            assert list_names(storage, project=project) == [f"{name}:{count}" for name, count in wanted]
            with storage.read() as session:
                listed = session.catalog.list_columns("default", project)
            assert [column.name for column in listed] == sorted(counts)


def delete_metric(storage: Storage, run: int, metric: MetricId) -> bool:
    """Delete a metric of a run."""
    return storage.write(lambda session: session.metrics.delete_metric(run, metric)).result(WAIT_SECONDS)


def list_names(storage: Storage, *, project: str = "general", **question: object) -> list[str]:
    """Metrics found, written as `name(context):runs`."""
    with storage.read() as session:
        page = session.catalog.search_metrics("default", project, **question)  # type: ignore[arg-type]
    return [
        f"{one.metric.name}{f'({one.metric.context})' if one.metric.context else ''}:{one.run_count}"
        for one in page.metrics
    ]
