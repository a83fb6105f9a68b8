"""Hashes of datasets: the same for the same data, another for any other."""

import copy

import numpy as np
import pytest

import halley
from halley.errors import ArgumentError
from halley.sdk.encode.dataset import hash_dataset

DIFFERENT = [
    None, True, 1, 1.0, "1", b"1", "", b"", [], {}, set(), [1], [[1]], ["1"], {"a": 1}, {"a": "1"}, {"b": 1}, {1, 2},
    ["ab", "c"], ["a", "bc"], [["a"], "b"], ["a", ["b"]], "abc",
    np.array([1, 2]), np.array([1.0, 2.0]), np.array([[1, 2]]), np.array([2, 1]), np.array([1, 2], np.int8),
    np.zeros((2, 3)), np.zeros((3, 2)), np.array(["a", None], object),
]  # fmt: skip


def test_what_is_different_has_another_hash():
    found = [hash_dataset(data) for data in DIFFERENT]
    assert len(set(found)) == len(DIFFERENT)
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in found)


@pytest.mark.parametrize("place", range(len(DIFFERENT)))
def test_the_same_has_the_same(place):
    assert hash_dataset(DIFFERENT[place]) == hash_dataset(copy.deepcopy(DIFFERENT[place]))


def test_it_stays_the_same_from_version_to_version():
    """What was logged with one version is compared with what another logs."""
    assert hash_dataset(np.arange(6, dtype=np.int64).reshape(2, 3)) == "7b2b802693f2a79f"
    assert hash_dataset({"train": [1, 2.5, "cat"], "test": None}) == "b6f9d3c65369e71e"


def test_how_an_array_lies_in_memory_does_not_count():
    array = np.arange(12).reshape(3, 4)
    assert hash_dataset(array) == hash_dataset(np.asfortranarray(array)) == hash_dataset(array[:, ::-1][:, ::-1])
    assert hash_dataset(np.float64(1.5)) == hash_dataset(1.5)


def test_files_and_folders_are_known_by_what_they_hold(tmp_path):
    one, other = tmp_path / "one", tmp_path / "elsewhere" / "other"
    for folder in (one, other):
        (folder / "deep").mkdir(parents=True)
        (folder / "a.csv").write_text("1,2")
        (folder / "deep" / "b.bin").write_bytes(bytes(3_000_000))
    assert hash_dataset(one) == hash_dataset(str(other))
    assert hash_dataset(one / "a.csv") == hash_dataset(str(other / "a.csv")) != hash_dataset("1,2")
    (other / "a.csv").rename(other / "c.csv")
    assert hash_dataset(one) != hash_dataset(other)
    with pytest.raises(ArgumentError, match=r"cannot be read: .*does not exist"):
        hash_dataset(tmp_path / "nowhere")
    assert hash_dataset(str(tmp_path / "nowhere")) == hash_dataset(str(tmp_path / "nowhere"))
    assert hash_dataset("x" * 100_000) == hash_dataset("x" * 100_000)


class Dataset:
    """What PyTorch's datasets have, as far as it is used."""

    def __init__(self, *items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, place):
        return self.items[place]


def test_datasets_are_hashed_item_by_item():
    assert hash_dataset(Dataset((1, 2), (3, 4))) == hash_dataset([(1, 2), (3, 4)])


def test_data_that_holds_itself_is_said():
    loop = []
    loop.append(loop)
    with pytest.raises(ArgumentError, match="holds itself"):
        hash_dataset(loop)


def test_it_is_logged_as_a_parameter(home):
    experiment = halley.Experiment(mode="disabled")
    experiment.log_dataset_hash([1, 2, 3])
    assert experiment.get_parameter("dataset_hash") == hash_dataset([1, 2, 3])
    experiment.end()
