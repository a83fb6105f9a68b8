"""Audio: arrays of samples to WAV."""

import struct
from typing import Any

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import Source, make_source, read_source
from halley.sdk.encode.tensor import to_host

_FORMATS = {"PCM_8_BIT": (1, 8), "PCM_16_BIT": (1, 16), "PCM_32_BIT": (1, 32), "PCM_32_FLOAT": (3, 32)}
"""Number and bits of the formats that Comet names."""


def encode_audio(audio: Any, name: str | None, sample_rate: int | None, kind: str) -> Source:
    """Turn audio into a file.

    Args:
        audio: A path, an open file or bytes of an audio file; or an array of samples, or samples x channels: floats
            from -1 to 1, or integers of the full range of their type.
        name: What it is called; None for its file's name, or `audio.wav`.
        sample_rate: Of an array, in Hz.
        kind: How an array's samples are written: `PCM_16_BIT` and so on.

    Raises:
        ArgumentError: an array without a sample rate, or of a shape that is no audio; or an unknown kind.
        ArgumentTypeError: it is nothing of these.
    """
    if isinstance(audio, (str, bytes, bytearray, memoryview)) or hasattr(audio, "__fspath__") or hasattr(audio, "read"):
        return read_source(audio, name, "log_audio(audio_data)")
    try:
        import numpy as np  # noqa: PLC0415 - optional: who has arrays has numpy
    except ImportError as error:
        raise ArgumentTypeError("log_audio(audio_data) is no audio file.", hint="pip install numpy") from error
    samples = np.asarray(to_host(audio))
    if samples.dtype.kind not in "iuf" or samples.ndim not in {1, 2} or 0 in samples.shape:
        raise ArgumentError(
            f"log_audio(audio_data) has the shape {tuple(samples.shape)} of {samples.dtype}, which is no audio.",
            hint="Pass samples, or samples x channels, of numbers.",
        )
    if sample_rate is None or not 0 < sample_rate < 2**31:
        raise ArgumentError(f"log_audio(sample_rate)={sample_rate!r}: samples need one.", hint="Pass it in Hz.")
    if kind not in _FORMATS:
        raise ArgumentError(
            f"log_audio(normalize_data)={kind!r} is not one.", hint=f"Use one of {', '.join(_FORMATS)}."
        )
    if samples.dtype.kind == "u":
        half = float(np.iinfo(samples.dtype).max // 2 + 1)
        samples = (samples.astype(np.float64) - half) / half
    elif samples.dtype.kind == "i":
        samples = samples.astype(np.float64) / (float(np.iinfo(samples.dtype).max) + 1)
    data = _write_samples(np.clip(np.nan_to_num(samples), -1.0, 1.0), kind)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    named = name or "audio.wav"
    named = named if named.lower().endswith(".wav") else f"{named}.wav"
    return make_source(named, _write_head(kind, channels, int(sample_rate), len(data)) + data, "log_audio(file_name)")


def _write_samples(samples: Any, kind: str) -> bytes:
    if kind == "PCM_32_FLOAT":
        return bytes(samples.astype("<f4").tobytes())
    if kind == "PCM_8_BIT":  # the only one without a sign
        return bytes((samples * 127.5 + 127.5).round().astype("<u1").tobytes())
    most = 2 ** (_FORMATS[kind][1] - 1) - 1
    return bytes((samples * most).round().astype(f"<i{_FORMATS[kind][1] // 8}").tobytes())


def _write_head(kind: str, channels: int, rate: int, size: int) -> bytes:
    """The head of a WAV file. Source: Microsoft, Multimedia Programming Interface 1.0 (RIFF WAVE)."""
    number, bits = _FORMATS[kind]
    width = channels * bits // 8
    body = struct.pack("<HHIIHH", number, channels, rate, rate * width, width, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + size)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + body
        + b"data"
        + struct.pack("<I", size)
    )
