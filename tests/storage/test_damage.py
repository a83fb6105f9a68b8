"""Damage: a column that is not what was written is never drawn; it is said what is damaged, and the rest goes on."""

import random

import numpy as np
import pytest
from pcodec import ChunkConfig, standalone

from halley.errors import StorageDamaged
from halley.storage.sql.metrics.codec import decode, encode

COLUMNS = {
    "steps": np.arange(16_384),
    "times": 1_790_000_000_000 + np.cumsum(np.random.default_rng(1).integers(90, 110, 16_384)),
    "values": np.cumsum(np.random.default_rng(2).normal(size=16_384)),
    "one": np.array([np.nan]),
    "epochs": np.full(1_000, np.nan),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_no_damage_of_a_column_goes_unnoticed(name):
    data = encode(COLUMNS[name])
    assert decode(data).tobytes() == COLUMNS[name].tobytes()
    dice = random.Random(3)
    for _ in range(500):
        broken = bytearray(data)
        place = dice.randrange(len(broken))
        kind = dice.choice(["flip", "flip", "garbage", "zeros", "cut"])
        size = dice.randint(1, min(4_096, len(broken) - place))
        if kind == "flip":
            broken[place] ^= 1 << dice.randrange(8)
        elif kind == "cut":
            del broken[place:]
        else:
            broken[place : place + size] = bytes(size) if kind == "zeros" else dice.randbytes(size)
        if bytes(broken) != data:
            with pytest.raises(StorageDamaged):
                decode(bytes(broken))


def test_a_column_without_a_checksum_is_read():
    """The first version wrote such."""
    values = COLUMNS["values"]
    assert decode(standalone.simple_compress(values, ChunkConfig())).tobytes() == values.tobytes()
