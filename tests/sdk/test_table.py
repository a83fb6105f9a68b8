"""Tables: whatever has rows and columns becomes a file that others read."""

import numpy as np
import pytest

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.table import encode_table


def write(name, data, headers=False, **options):
    source = encode_table(name, data, headers, options)
    return source.data.decode()


def test_rows_and_columns():
    assert write("a.csv", [[1, "x"], [2, 'y,"z"']]) == '1,x\n2,"y,""z"""\n'
    assert write("a.csv", [[1, 2]], headers=["a", "b"]) == "a,b\n1,2\n"
    assert write("a.csv", [["a", "b"], [1, 2]], headers=True) == "a,b\n1,2\n"
    assert write("a.tsv", [(1, 2)]) == "1\t2\n"
    assert write("a.csv", [{"a": 1}, {"b": 2}]) == "a,b\n1,\n,2\n"
    assert write("a.csv", {"a": [1, 2], "b": [3, 4]}) == "a,b\n1,3\n2,4\n"
    assert write("a.csv", np.array([[1, 2], [3, 4]])) == "1,2\n3,4\n"
    assert write("a.csv", [1, 2]) == "1\n2\n"
    assert write("a.csv", []) == ""
    assert write("a.json", [{"a": 1}]) == '[{"a": 1}]'
    assert write("a.json", [[1, float("nan")]]) == "[[1, null]]"


def test_types_and_files(tmp_path):
    assert encode_table("a.csv", [[1]], False, {}).media_type == "text/csv"
    assert encode_table("a.tsv", [[1]], False, {}).media_type == "text/tab-separated-values"
    path = tmp_path / "there.csv"
    path.write_text("1")
    assert encode_table(path, None, False, {}).path == path


class Frame:
    """What pandas' data frames have, as far as it is used."""

    def to_csv(self, **options):
        return repr(options)

    def to_json(self, **options):
        return f"json {options}"


def test_data_frames_write_themselves():
    assert write("a.tsv", Frame(), decimal=",") == "{'sep': '\\t', 'index': False, 'decimal': ','}"
    assert write("a.json", Frame(), orient="records") == "json {'orient': 'records'}"
    with pytest.raises(ArgumentError, match="cannot become"):
        write("a.md", Frame())


@pytest.mark.parametrize(
    ("name", "data", "kind", "words"),
    [
        ("a.xlsx", [[1]], ArgumentError, "does not say what it becomes"),
        ("a.csv", 5, ArgumentTypeError, "which is no table"),
        ("a.csv", "text", ArgumentTypeError, "which is no table"),
        ("a.csv", {"a": [1], "b": [1, 2]}, ArgumentError, "different lengths"),
        ("/no/such.csv", None, ArgumentError, "is no file"),
    ],
)
def test_what_is_no_table_is_said(name, data, kind, words):
    with pytest.raises(kind, match=words):
        write(name, data)


def test_options_of_nobody_are_refused():
    with pytest.raises(ArgumentTypeError, match="has no argument 'index'"):
        write("a.csv", [[1]], index=False)
