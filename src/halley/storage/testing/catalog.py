"""What every adapter of the catalogue port has to do, the table apart; see `search`."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halley.core.experiment import State
from halley.core.parameter import Value, is_same
from halley.errors import Gone, SequenceGap
from halley.storage.ports.catalog import Claim
from halley.storage.ports.storage import Session, Storage
from halley.storage.testing.make import WAIT_SECONDS, make_run, new_key
from halley.storage.testing.metrics import settings_of_suite

WRITER = "a" * 32

_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
)


class CatalogContract:
    """See `storage.ports.catalog`."""

    # places

    def test_projects_are_made_once(self, storage: Storage) -> None:
        """By workspace and name; the workspace comes with the first."""

        def job(session: Session) -> list[int]:
            places = [("b", "one"), ("a", "one"), ("b", "one"), ("b", "two")]
            return [session.catalog.ensure_project(*place, now=5) for place in places]

        ids = storage.write(job).result(WAIT_SECONDS)
        assert ids[0] == ids[2]
        assert len(set(ids)) == 3
        with storage.read() as session:
            assert session.catalog.list_workspaces() == ["a", "b"]
            assert session.catalog.get_project("a", "two") is None
            found = session.catalog.get_project("b", "two")
        assert found is not None
        assert (found.created_at, found.updated_at, found.experiment_count, found.running_count) == (5, 5, 0, 0)

    def test_the_last_changed_project_comes_first(self, storage: Storage) -> None:
        """A project changes when an experiment in it speaks."""
        early = make_run(storage, "early", now=100)
        make_run(storage, "late", now=200)
        with storage.read() as session:
            assert [project.name for project in session.catalog.list_projects()] == ["late", "early"]
        storage.write(lambda session: session.catalog.hear(early, now=300)).result(WAIT_SECONDS)
        with storage.read() as session:
            projects = session.catalog.list_projects("default")
            assert session.catalog.list_projects("other") == []
        assert [(project.name, project.updated_at) for project in projects] == [("early", 300), ("late", 200)]

    def test_projects_count_their_experiments(self, storage: Storage) -> None:
        """All of them, and the running ones."""
        run = make_run(storage)
        make_run(storage)
        storage.write(lambda session: session.catalog.set_state(run, State.FINISHED, ended_at=9)).result(WAIT_SECONDS)
        with storage.read() as session:
            found = session.catalog.get_project("default", "general")
        assert found is not None
        assert (found.experiment_count, found.running_count) == (2, 1)

    # experiments

    def test_an_experiment_is_made_once_and_named(self, storage: Storage) -> None:
        """A key that exists keeps its run and its project."""
        key = new_key()
        run = make_run(storage, key=key, now=7)
        assert make_run(storage, "another", key=key, now=8) == run
        with storage.read() as session:
            assert session.catalog.find_run(key) == run
            assert session.catalog.find_run("f" * 32) is None
            assert session.catalog.get_experiment(10**9) is None
            found = session.catalog.get_experiment(run)
        assert found is not None
        assert (found.key, found.project, found.number, found.state) == (key, "general", 1, State.RUNNING)
        assert (found.started_at, found.heard_at, found.ended_at, found.tags) == (7, 7, None, ())
        assert found.name.endswith("-1")

    def test_many_keys_are_found_at_once(self, storage: Storage) -> None:
        """In the order given, each once; those that are not known are left out, however many there are."""
        runs = {key: make_run(storage, key=key) for key in sorted(new_key() for _ in range(3))}
        first, second, third = runs
        unknown = [new_key() for _ in range(2_500)]
        with storage.read() as session:
            found = session.catalog.find_runs([third, *unknown[:1_000], first, third, *unknown[1_000:], second])
            assert list(session.catalog.find_runs([])) == []
        assert list(found.items()) == [(third, runs[third]), (first, runs[first]), (second, runs[second])]

    def test_a_run_is_never_given_twice(self, storage: Storage) -> None:
        """Nor its number in the project, even after the last one is deleted."""
        run = make_run(storage)
        storage.write(lambda session: session.catalog.delete_experiment(run, now=9)).result(WAIT_SECONDS)
        again = make_run(storage)
        assert again > run
        with storage.read() as session:
            found = session.catalog.get_experiment(again)
        assert found is not None
        assert found.number == 2

    def test_a_deleted_run_is_listed_until_nothing_is_left_of_it(self, storage: Storage) -> None:
        """By number; whoever deletes its points and lines notes when they are gone. Others are not listed."""
        first, second, other = (make_run(storage) for _ in range(3))
        for run in (second, first, second, 10**9):
            storage.write(lambda session, run=run: session.catalog.delete_experiment(run, now=9)).result(WAIT_SECONDS)  # type: ignore[misc]
        with storage.read() as session:
            assert list(session.catalog.list_deleted_runs()) == [first, second]
        for run in (first, first, other):
            storage.write(lambda session, run=run: session.catalog.forget_deleted_run(run)).result(WAIT_SECONDS)  # type: ignore[misc]
        with storage.read() as session:
            assert list(session.catalog.list_deleted_runs()) == [second]
            assert session.catalog.get_experiment(other) is not None

    def test_a_deleted_experiment_stays_deleted(self, storage: Storage) -> None:
        """Whoever sends its key again is told so; deleting what is not there does nothing."""
        key = new_key()
        run = make_run(storage, key=key)
        with storage.read() as session:
            assert not session.catalog.is_deleted(key)
            assert not session.catalog.is_deleted(new_key())
        for _ in range(2):
            storage.write(lambda session: session.catalog.delete_experiment(run, now=9)).result(WAIT_SECONDS)
        with pytest.raises(Gone, match=key):
            make_run(storage, "another", key=key)
        with storage.read() as session:
            assert session.catalog.find_run(key) is None
            assert session.catalog.is_deleted(key)
            assert session.catalog.get_project("default", "another") is None

    def test_the_earliest_start_wins(self, storage: Storage) -> None:
        """And the latest of everything else that a start says."""
        run = make_run(storage, now=5_000)

        def start(started_at: int, host: str) -> None:
            storage.write(
                lambda session: session.catalog.describe_start(
                    run, started_at=started_at, host=host, process=7, command="train.py", source="halley"
                )
            ).result(WAIT_SECONDS)

        for started_at, host in [(4_000, "one"), (4_500, "two")]:
            start(started_at, host)
        with storage.read() as session:
            found = session.catalog.get_experiment(run)
        assert found is not None
        assert (found.started_at, found.host, found.process) == (4_000, "two", 7)
        assert (found.command, found.source) == ("train.py", "halley")

    def test_states_are_written_as_told(self, storage: Storage) -> None:
        """With how they came to be; running again leaves nothing of the end."""
        run = make_run(storage)
        storage.write(
            lambda session: session.catalog.set_state(
                run, State.FAILED, ended_at=9, reason="ValueError: x", traceback="Traceback"
            )
        ).result(WAIT_SECONDS)
        with storage.read() as session:
            found = session.catalog.get_experiment(run)
        assert found is not None
        assert (found.state, found.ended_at, found.reason, found.traceback) == (
            State.FAILED,
            9,
            "ValueError: x",
            "Traceback",
        )
        storage.write(lambda session: session.catalog.set_state(run, State.RUNNING)).result(WAIT_SECONDS)
        with storage.read() as session:
            found = session.catalog.get_experiment(run)
        assert found is not None
        assert (found.state, found.ended_at, found.reason, found.traceback) == (State.RUNNING, None, "", "")

    def test_only_silent_running_experiments_are_lost(self, storage: Storage) -> None:
        """Those that last spoke before a time; ended ones stay as they are."""
        silent, ended, speaking = (make_run(storage, now=100) for _ in range(3))

        def job(session: Session) -> object:
            session.catalog.hear(speaking, now=500)
            session.catalog.hear(speaking, now=400)
            session.catalog.set_state(ended, State.FINISHED, ended_at=200)
            return session.catalog.lose_silent(heard_before=500, latest=1_000)

        assert list(storage.write(job).result(WAIT_SECONDS)) == [silent]  # type: ignore[call-overload]
        with storage.read() as session:
            states = [session.catalog.get_experiment(run) for run in (silent, ended, speaking)]
        assert [one.state for one in states if one] == [State.LOST, State.FINISHED, State.RUNNING]

    def test_a_clock_that_was_set_back_keeps_nobody_from_being_lost(self, storage: Storage) -> None:
        """Who spoke in what is the future now is not heard for ever; who goes on speaking is."""
        silent, speaking = (make_run(storage, now=100_000) for _ in range(2))

        def lose(session: Session) -> object:
            return session.catalog.lose_silent(heard_before=400, latest=1_000)

        def speak(session: Session) -> None:
            session.catalog.hear(speaking, now=1_100)

        assert list(storage.write(lose).result(WAIT_SECONDS)) == []  # type: ignore[call-overload]
        storage.write(speak).result(WAIT_SECONDS)
        lost = storage.write(lambda session: session.catalog.lose_silent(heard_before=1_050, latest=1_650))
        assert list(lost.result(WAIT_SECONDS)) == [silent]

    def test_deleting_leaves_nothing_and_nobody_else(self, storage: Storage) -> None:
        """Nothing of what it said is found, and what others said stays."""
        run, other = make_run(storage), make_run(storage)

        def fill(session: Session) -> None:
            for one in (run, other):
                session.catalog.put_parameters(one, {"lr": (0.1, "manual")})
                session.catalog.put_others(one, {"note": "x"})
                session.catalog.add_tags(one, ["tag"])
                session.catalog.claim(one, WRITER, 0, 5)

        storage.write(fill).result(WAIT_SECONDS)
        storage.write(lambda session: session.catalog.delete_experiment(run, now=9)).result(WAIT_SECONDS)
        with storage.read() as session:
            assert session.catalog.get_experiment(run) is None
            assert dict(session.catalog.get_parameters(run)) == {}
            assert dict(session.catalog.get_others(run)) == {}
            assert dict(session.catalog.get_parameters(other)) == {"lr": (0.1, "manual")}
        claim = storage.write(lambda session: session.catalog.claim(other, WRITER, 5, 1)).result(WAIT_SECONDS)
        assert claim == Claim(is_taken=True, acknowledged=6)

    # claims

    def test_a_claim_is_taken_once_and_in_order(self, storage: Storage) -> None:
        """Exactly the next records are taken; what is here is acknowledged; anything else is a gap."""
        run = make_run(storage)

        def claim(first: int, count: int, *, is_forced: bool = False) -> Claim:
            return storage.write(
                lambda session: session.catalog.claim(run, WRITER, first, count, is_forced=is_forced)
            ).result(WAIT_SECONDS)

        assert claim(0, 10) == Claim(is_taken=True, acknowledged=10)
        assert claim(0, 10) == Claim(is_taken=False, acknowledged=10)
        assert claim(2, 3) == Claim(is_taken=False, acknowledged=10)
        assert claim(10, 0).acknowledged == 10
        assert claim(10, 5) == Claim(is_taken=True, acknowledged=15)
        for first, count in [(16, 1), (14, 5), (16, 0)]:
            with pytest.raises(SequenceGap) as caught:
                claim(first, count)
            assert caught.value.acknowledged == 15
        assert claim(100, 5, is_forced=True) == Claim(is_taken=True, acknowledged=105)
        assert claim(90, 5, is_forced=True) == Claim(is_taken=False, acknowledged=105)
        with pytest.raises(SequenceGap):
            claim(104, 5, is_forced=True)

    def test_writers_of_a_run_are_apart(self, storage: Storage) -> None:
        """Each has its own records, and so has each run."""
        run, other = make_run(storage), make_run(storage)

        def job(session: Session) -> list[Claim]:
            return [
                session.catalog.claim(*writer, 0, 3) for writer in [(run, "a" * 32), (run, "b" * 32), (other, "a" * 32)]
            ]

        assert [claim.is_taken for claim in storage.write(job).result(WAIT_SECONDS)] == [True, True, True]

    # what an experiment said

    @settings_of_suite
    @given(values=st.dictionaries(st.text("abcé|", min_size=1, max_size=4), _values, max_size=8))
    def test_values_come_back_as_they_were(self, storage: Storage, values: dict[str, Value]) -> None:
        """Type and digits; in the order of names; the later write wins."""
        run = make_run(storage)
        first = dict.fromkeys(values, (0, "cli"))
        later = {name: (value, "manual") for name, value in values.items()}
        storage.write(lambda session: session.catalog.put_parameters(run, first)).result(WAIT_SECONDS)
        storage.write(lambda session: session.catalog.put_parameters(run, later)).result(WAIT_SECONDS)
        storage.write(lambda session: session.catalog.put_others(run, values)).result(WAIT_SECONDS)
        with storage.read() as session:
            parameters, others = session.catalog.get_parameters(run), session.catalog.get_others(run)
        assert list(parameters) == list(others) == sorted(values)
        for name, value in values.items():
            assert is_same(parameters[name][0], value)
            assert parameters[name][1] == "manual"
            assert is_same(others[name], value)

    def test_nan_becomes_text(self, storage: Storage) -> None:
        """A parameter that is NaN would sort nowhere."""
        run = make_run(storage)
        storage.write(lambda session: session.catalog.put_others(run, {"x": math.nan})).result(WAIT_SECONDS)
        with storage.read() as session:
            assert session.catalog.get_others(run) == {"x": "NaN"}

    def test_tags_keep_their_order_and_stay_once(self, storage: Storage) -> None:
        """Adding one that is there changes nothing; setting replaces all."""
        run = make_run(storage)

        def tags() -> tuple[str, ...]:
            with storage.read() as session:
                found = session.catalog.get_experiment(run)
            assert found is not None
            return found.tags

        storage.write(lambda session: session.catalog.add_tags(run, ["z", "a", "z"])).result(WAIT_SECONDS)
        storage.write(lambda session: session.catalog.add_tags(run, ["a", "m"])).result(WAIT_SECONDS)
        assert tags() == ("z", "a", "m")
        storage.write(lambda session: session.catalog.set_tags(run, ["m", "new"])).result(WAIT_SECONDS)
        assert tags() == ("m", "new")
