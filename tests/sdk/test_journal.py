"""The journal: what was appended is read back, whatever happens to the end of the file."""

import itertools
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halley.errors import JournalCorrupt, JournalVersionError
from halley.sdk.journal.delivery import Delivery, open_delivery, read_delivery, write_delivery
from halley.sdk.journal.folder import is_alive, list_segments, list_writers, note_death, read_death
from halley.sdk.journal.layout import Header, decode_header, encode_header, frame, segment_name
from halley.sdk.journal.read import Reader
from halley.sdk.journal.write import Journal, Series
from halley.wire.points import POINT, POINT_KIND
from halley.wire.records import DefineMetric, End, Other, Parameter, decode_record

KEY = "k" * 32


def make_journal(run, **options):
    return Journal(run, experiment_key=KEY, workspace="default", project="general", kind="trainer", **options)


def read_all(folder, limit_records=1_000_000):
    """Every payload of a journal, and why reading stopped."""
    reader = Reader(folder)
    payloads = []
    if not reader.open():
        return payloads, "end"
    while True:
        found, stop = reader.read(limit_records=limit_records, limit_bytes=1 << 30)
        payloads += found
        if stop == "more" or (stop == "end" and reader.enter_next()):
            continue
        reader.close()
        return payloads, stop


def read_points(folder):
    """(name, context, step, value) of every point, resolved by the definitions of its segment."""
    points, metrics = [], {}
    for payload in read_all(folder)[0]:
        if payload[0] == POINT_KIND:
            _, metric, step, _, _, value = POINT.unpack(payload)
            points.append((*metrics[metric], step, value))
        elif isinstance(record := decode_record(payload), DefineMetric):
            if record.id == 0:
                metrics = {}
            metrics[record.id] = (record.name, record.context)
    return points


def test_what_was_appended_is_read_back(tmp_path):
    journal = make_journal(tmp_path)
    loss = Series("loss", "train")
    journal.append(Parameter(time=1, name="lr", value=0.1))
    journal.append_point(loss, 7, 2, math.nan, 0.5)
    journal.append_point(loss, 8, 3, 1.5, math.inf)
    payloads, stop = read_all(journal.folder)
    assert stop == "end"
    assert decode_record(payloads[0]) == Parameter(time=1, name="lr", value=0.1)
    assert decode_record(payloads[1]) == DefineMetric(time=2, id=0, name="loss", context="train")
    assert POINT.unpack(payloads[3]) == (POINT_KIND, 0, 8, 3, 1.5, math.inf)
    assert journal.number == len(payloads) == 4
    journal.close()


def test_closing_trims_and_says_that_the_writer_is_done(tmp_path):
    journal = make_journal(tmp_path)
    path = journal.folder / segment_name(0)
    assert path.stat().st_size > 1 << 20
    journal.close(End(time=1, state="finished"))
    assert path.stat().st_size < 1_000
    assert decode_record(read_all(journal.folder)[0][-1]) == End(time=1, state="finished")
    assert not is_alive(journal.folder)
    journal.append(Other(time=2, name="late", value=1))
    assert len(read_all(journal.folder)[0]) == 1


def append_one(journal, series, step, time, value):
    journal.append_point(series, step, time, math.nan, value)


def append_many(journal, series, step, time, value):
    journal.append_points([(series, value)], step, time, math.nan)


each_way = pytest.mark.parametrize("append", [append_one, append_many])


@each_way
def test_a_segment_that_is_full_is_followed_by_one_that_can_be_read_alone(tmp_path, append):
    journal = make_journal(tmp_path, segment_bytes=10_000)
    series = [Series(f"metric-{n}", "") for n in range(5)]
    for step in range(1_000):
        append(journal, series[step % 5], step, step, step / 2)
    journal.close()
    segments = list_segments(journal.folder)
    assert len(segments) > 3
    assert read_points(journal.folder) == [(f"metric-{step % 5}", "", step, step / 2) for step in range(1_000)]
    for first in segments[:-1]:
        (journal.folder / segment_name(first)).unlink()
    rest = read_points(journal.folder)
    assert rest == [(f"metric-{step % 5}", "", step, step / 2) for step in range(1_000 - len(rest), 1_000)]


def test_points_of_one_moment_are_there_in_order_over_segments(tmp_path):
    journal = make_journal(tmp_path, segment_bytes=10_000)
    series = [Series(f"metric-{n}", "") for n in range(300)]
    for step in range(20):
        journal.append_points([(one, float(step + n)) for n, one in enumerate(series)], step, 7, 0.5)
    journal.append_points([], 20, 7, 0.5)
    journal.close()
    assert len(list_segments(journal.folder)) > 20
    assert read_points(journal.folder) == [
        (f"metric-{n}", "", step, float(step + n)) for step in range(20) for n in range(300)
    ]


def test_a_record_longer_than_a_segment_gets_a_longer_one(tmp_path):
    journal = make_journal(tmp_path, segment_bytes=10_000)
    long = Other(time=1, name="text", value="x" * 3_000_000)
    journal.append(Other(time=0, name="before", value=1))
    journal.append(long)
    journal.append(Other(time=2, name="after", value=2))
    payloads, stop = read_all(journal.folder)
    assert stop == "end"
    assert [decode_record(payload).name for payload in payloads] == ["before", "text", "after"]
    assert decode_record(payloads[1]) == long
    journal.close()


@st.composite
def journals(draw):
    """Appends of any kind and size, and a segment size."""
    texts = st.text(max_size=draw(st.sampled_from([5, 500, 5_000])))
    numbers = st.floats(width=64)
    appends = st.one_of(st.tuples(st.just("other"), texts), st.tuples(st.sampled_from("abc"), numbers))
    return draw(st.lists(appends, max_size=60)), draw(st.sampled_from([8_500, 20_000, 1 << 20]))


def write_appends(run, appends, segment_bytes):
    journal = make_journal(run, segment_bytes=segment_bytes)
    series = {name: Series(name, "") for name in "abc"}
    for step, (what, value) in enumerate(appends):
        if what == "other":
            journal.append(Other(time=step, name="o", value=value))
        else:
            journal.append_point(series[what], step, step, math.nan, value)
    journal.close()
    return journal


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(journals(), st.data())
def test_a_damaged_end_gives_a_prefix_and_never_garbage(written, data):
    with tempfile.TemporaryDirectory() as folder:
        journal = write_appends(Path(folder), *written)
        whole, _ = read_all(journal.folder)
        assert len(whole) == journal.number
        path = journal.folder / segment_name(list_segments(journal.folder)[-1])
        content = bytearray(path.read_bytes())
        _, start = decode_header(bytes(content))
        if data.draw(st.booleans(), label="cut"):
            del content[data.draw(st.integers(start, len(content)), label="length") :]
        elif len(content) > start:
            bit = data.draw(st.integers(start * 8, len(content) * 8 - 1), label="bit")
            content[bit // 8] ^= 1 << bit % 8
        content += bytes(data.draw(st.sampled_from([0, 1, 7, 8, 4096]), label="zeros"))
        path.write_bytes(content)
        found, _ = read_all(journal.folder)
        assert found == whole[: len(found)]


@settings(deadline=None, max_examples=40)
@given(journals(), st.integers(0, 80), st.integers(1, 50))
def test_seeking_stands_where_reading_would(written, number, step):
    with tempfile.TemporaryDirectory() as folder:
        journal = write_appends(Path(folder), *written)
        whole, _ = read_all(journal.folder, limit_records=step)
        reader = Reader(journal.folder)
        reader.open()
        reader.seek(number)
        assert reader.number == min(number, len(whole))
        if number < len(whole):
            found, _ = reader.read(limit_records=1, limit_bytes=1)
            if not found:
                assert reader.enter_next()
                found, _ = reader.read(limit_records=1, limit_bytes=1)
            assert found == [whole[number]]
        reader.close()


def test_reading_while_it_is_written(tmp_path):
    journal = make_journal(tmp_path, segment_bytes=20_000)
    count, found, failed = 5_000, [], []

    def read():
        reader = Reader(journal.folder)
        reader.open()
        while len(found) < count + journal_definitions():
            payloads, stop = reader.read(limit_records=100, limit_bytes=1 << 20)
            found.extend(payloads)
            if stop == "broken":
                failed.append(reader.number)
            if stop == "end" and not payloads:
                reader.enter_next()
        reader.close()

    def journal_definitions():
        return sum(payload[0] != POINT_KIND for payload in found)

    thread = threading.Thread(target=read)
    thread.start()
    series = Series("loss", "")
    for step in range(count):
        journal.append_point(series, step, step, math.nan, 1.0)
    thread.join(30)
    assert not thread.is_alive()
    assert not failed
    assert [POINT.unpack(payload)[2] for payload in found if payload[0] == POINT_KIND] == list(range(count))
    journal.close()


@each_way
def test_threads_share_a_journal(tmp_path, append):
    journal = make_journal(tmp_path, segment_bytes=50_000)

    def log(name):
        series = Series(name, "")
        for step in range(1_000):
            append(journal, series, step, 0, step)

    threads = [threading.Thread(target=log, args=(f"m{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    points = read_points(journal.folder)
    for n in range(6):
        assert [step for name, _, step, _ in points if name == f"m{n}"] == list(range(1_000))


@each_way
def test_a_signal_handler_may_log_in_the_middle_of_an_append(tmp_path, append):
    journal = make_journal(tmp_path, segment_bytes=50_000)
    inner, outer = Series("inner", ""), Series("outer", "")
    calls, numbers = [], itertools.count()

    def handler(number, frame):
        call = next(numbers)  # on a slow machine a handler is itself interrupted by the next signal
        journal.append_point(inner, call, 0, math.nan, 1.0)
        calls.append(call)

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    try:
        step = 0
        while len(calls) < 50 and step < 2_000_000:
            append(journal, outer, step, 0, 1.0)
            step += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    journal.close()
    points = read_points(journal.folder)
    assert [at for name, _, at, _ in points if name == "outer"] == list(range(step))
    assert sorted(at for name, _, at, _ in points if name == "inner") == list(range(len(calls)))


def test_a_signal_handler_may_log_between_points_of_one_moment(tmp_path):
    journal = make_journal(tmp_path, segment_bytes=50_000)
    inner, outer = Series("inner", ""), [Series(f"outer-{n}", "") for n in range(50)]
    calls, numbers = [], itertools.count()

    def handler(number, frame):
        call = next(numbers)
        journal.append_points([(inner, 1.0)], call, 0, math.nan)
        calls.append(call)

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    try:
        step = 0
        while len(calls) < 50 and step < 100_000:
            journal.append_points([(one, 1.0) for one in outer], step, 0, math.nan)
            step += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    journal.close()
    points = read_points(journal.folder)
    assert [(name, at) for name, _, at, _ in points if name != "inner"] == [
        (f"outer-{n}", at) for at in range(step) for n in range(50)
    ]
    assert sorted(at for name, _, at, _ in points if name == "inner") == list(range(len(calls)))


def test_a_signal_handler_may_close_in_the_middle_of_an_append(tmp_path):
    series = Series("loss", "")
    for attempt in range(30):
        journal = make_journal(tmp_path / str(attempt))

        def handler(number, frame, journal=journal):
            journal.close(End(time=1, state="killed"))

        before = signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        try:
            while not journal.is_closed:
                journal.append_point(series, 1, 2, math.nan, 1.0)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        payloads, stop = read_all(journal.folder)
        assert stop == "end"
        assert decode_record(payloads[-1]) == End(time=1, state="killed")
        assert len(payloads) == journal.number


def test_a_forked_child_gets_a_journal_of_its_own(tmp_path):
    journal = make_journal(tmp_path)
    series = Series("loss", "")
    journal.append_point(series, 0, 0, math.nan, 0.0)
    child = os.fork()
    if child == 0:
        try:
            for step in range(100, 110):
                journal.append_point(series, step, 0, math.nan, 1.0)
            journal.close()
        finally:
            os._exit(0)
    journal.append_point(series, 1, 0, math.nan, 0.0)
    assert os.waitpid(child, 0)[1] == 0
    folders = list_writers(tmp_path)
    assert len(folders) == 2
    (other,) = set(folders) - {journal.folder}
    assert [step for _, _, step, _ in read_points(journal.folder)] == [0, 1]
    assert [step for _, _, step, _ in read_points(other)] == list(range(100, 110))
    reader = Reader(other)
    reader.open()
    assert reader.header.kind == "fork"
    reader.close()
    journal.close()


def test_alive_until_the_process_is_gone(tmp_path):
    script = (
        "import sys; from pathlib import Path; from halley.sdk.journal.write import Journal\n"
        f"j = Journal(Path({str(tmp_path)!r}), experiment_key='k'*32, workspace='w', project='p', kind='trainer')\n"
        "print(j.folder, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    folder = Path(process.stdout.readline().strip())
    assert is_alive(folder)
    process.kill()
    process.communicate()
    assert not is_alive(folder)


def test_how_it_died_can_be_left_behind(tmp_path):
    assert read_death(tmp_path).state == "killed"
    assert "kill -9" in read_death(tmp_path).reason
    note_death(tmp_path, "killed", "signal SIGTERM")
    assert read_death(tmp_path).reason == "signal SIGTERM"


def test_headers_of_others_are_refused():
    header = Header(experiment_key=KEY, workspace="w", project="p", writer="0" * 32, kind="fork", first=3, created_at=4)
    data = encode_header(header)
    assert decode_header(data + frame(b"x")) == (header, len(data))
    with pytest.raises(JournalCorrupt):
        decode_header(b"PK\x03\x04" + data)
    with pytest.raises(JournalCorrupt):
        decode_header(data[:-1])
    newer = bytearray(data)
    newer[8] = 9
    with pytest.raises(JournalVersionError, match=r"version 9.*Upgrade"):
        decode_header(bytes(newer))


def test_the_progress_file_says_the_last_word_even_when_removed(tmp_path):
    ours, theirs = open_delivery(tmp_path), open_delivery(tmp_path)
    assert read_delivery(ours) is None
    write_delivery(theirs, Delivery(delivered=5, error="x" * 5_000))
    assert read_delivery(ours).delivered == 5
    write_delivery(theirs, Delivery(is_done=True))
    (tmp_path / "delivery").unlink()
    assert read_delivery(ours) == Delivery(is_done=True)
    os.close(ours)
    os.close(theirs)


def test_nobody_else_may_read_it(tmp_path):
    """What a training prints, and what it is started with, may be private."""
    run = tmp_path / "journals" / KEY
    before = os.umask(0)
    try:
        make_journal(run).close()
    finally:
        os.umask(before)
    assert run.stat().st_mode & 0o077 == 0
