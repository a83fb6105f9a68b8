"""Audio: samples become WAV files that others read back."""

import io
import struct
import wave

import numpy as np
import pytest

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.audio import encode_audio


def test_samples_are_read_back():
    source = encode_audio(np.array([0.0, 0.5, -0.5, 1.0, -1.0, 7.0]), None, 8_000, "PCM_16_BIT")
    assert (source.name, source.media_type) == ("audio.wav", "audio/x-wav")
    with wave.open(io.BytesIO(source.data)) as file:
        assert file.getparams()[:4] == (1, 2, 8_000, 6)
        assert struct.unpack("<6h", file.readframes(6)) == (0, 16384, -16384, 32767, -32767, 32767)


def test_channels_and_integers():
    source = encode_audio(np.array([[0, 32767], [-32768, 16384]], np.int16), "a", 44_100, "PCM_32_BIT")
    with wave.open(io.BytesIO(source.data)) as file:
        assert file.getparams()[:4] == (2, 4, 44_100, 2)
        assert np.allclose(np.frombuffer(file.readframes(2), "<i4") / 2**31, [0, 32767 / 32768, -1, 0.5], atol=1e-6)


def test_bytes_and_floats():
    eight = encode_audio([0.0, 1.0, -1.0], "a", 10, "PCM_8_BIT").data
    assert eight[-3:] == bytes([128, 255, 0])
    real = encode_audio([0.25, -0.25], "a", 10, "PCM_32_FLOAT").data
    assert struct.unpack("<2f", real[-8:]) == (0.25, -0.25)


def test_files_pass_as_they_are(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3")
    source = encode_audio(path, None, None, "PCM_16_BIT")
    assert (source.path, source.media_type) == (path, "audio/mpeg")


@pytest.mark.parametrize(
    ("audio", "rate", "kind", "words"),
    [
        ([0.0], None, "PCM_16_BIT", "samples need one"),
        ([0.0], 0, "PCM_16_BIT", "samples need one"),
        ([0.0], 8_000, "MP3", "is not one"),
        (np.zeros((2, 2, 2)), 8_000, "PCM_16_BIT", "which is no audio"),
        ([], 8_000, "PCM_16_BIT", "which is no audio"),
    ],
)
def test_what_is_no_audio_is_said(audio, rate, kind, words):
    with pytest.raises(ArgumentError, match=words):
        encode_audio(audio, None, rate, kind)


def test_nothing_is_no_audio():
    with pytest.raises((ArgumentError, ArgumentTypeError)):
        encode_audio(None, None, 8_000, "PCM_16_BIT")
