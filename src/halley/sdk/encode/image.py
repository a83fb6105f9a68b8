"""Images: arrays to PNG without any image library, and whatever else is an image already."""

import io
import struct
import sys
import zlib
from collections.abc import Sequence
from typing import Any, Literal

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import Source, make_source, read_source
from halley.sdk.encode.tensor import to_host

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"<svg": "svg",
    b"<?xml": "svg",
}
_PNG_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}
"""Colour type of a PNG by its channels: grey, grey and alpha, RGB, RGBA."""
_LEVEL = 4


def encode_image(
    image: Any,
    name: str | None,
    *,
    image_format: str = "png",
    scale: float = 1.0,
    shape: Sequence[int] | None = None,
    colormap: str | None = None,
    minmax: Sequence[float] | None = None,
    channels: Literal["first", "last"] = "last",
) -> Source:
    """Turn an image into a file.

    Args:
        image: A path, an open file or bytes of an image file; a PIL image; or an array (numpy, torch, nested lists) of
            height x width, with 1 to 4 channels last or first.
        name: What it is called; None for its file's name, or `image`.
        image_format: What an array or PIL image becomes: `png`, or what PIL can write.
        scale: Factor of its size, for arrays and PIL images.
        shape: What an array is reshaped to first.
        colormap: Name of a colour map of matplotlib's, for arrays of one channel.
        minmax: Values that become black and white; None for 0 and 1, or 0 and 255, or the array's own extremes,
            whichever of these holds all values.
        channels: Where an array's channels are.

    Raises:
        ArgumentError: the array is no image, or an option needs a package that is not installed.
        ArgumentTypeError: it is nothing of these.
    """
    if isinstance(image, (str, bytes, bytearray, memoryview)) or hasattr(image, "__fspath__"):
        return _name(read_source(image, name, "log_image(image_data)"))
    if hasattr(image, "savefig"):
        raise ArgumentTypeError("log_image(image_data) is a figure, not an image.", hint="Use log_figure.")
    if hasattr(image, "save") and hasattr(image, "getbands"):
        return _encode_pil(image, name, image_format, scale)
    if hasattr(image, "read"):
        return _name(read_source(image, name, "log_image(image_data)"))
    pixels = to_pixels(image, shape=shape, minmax=minmax, channels=channels, colormap=colormap)
    if scale != 1.0:
        pixels = _resize(pixels, scale)
    if image_format.lower() == "png":
        return _finish(name, write_png(pixels), "png")
    from_array = _pil("log_image(image_format)").fromarray
    squeezed = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    return _encode_pil(from_array(squeezed), name, image_format, 1.0)


def to_pixels(
    image: Any,
    *,
    shape: Sequence[int] | None = None,
    minmax: Sequence[float] | None = None,
    channels: Literal["first", "last"] = "last",
    colormap: str | None = None,
) -> Any:
    """Turn an array into bytes of height x width x channels; see `encode_image`.

    Raises:
        ArgumentError: it is no image.
        ArgumentTypeError: it is no array.
    """
    array = _to_array(image)
    if shape is not None:
        array = array.reshape(tuple(shape))
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[:, :, None]
    elif array.ndim == 3 and channels == "first":
        array = array.transpose(1, 2, 0)
    if array.ndim != 3 or array.shape[2] not in _PNG_KINDS or 0 in array.shape:
        raise ArgumentError(
            f"log_image(image_data) has the shape {tuple(array.shape)}, which is no image.",
            hint="Pass height x width, or height x width x 1 to 4 channels; image_channels='first' if they are first.",
        )
    pixels = _scale_values(array, minmax)
    return pixels if colormap is None else _colour(pixels, colormap)


def _to_array(image: Any) -> Any:
    try:
        import numpy as np  # noqa: PLC0415 - optional: who has arrays has numpy
    except ImportError as error:
        raise ArgumentError("log_image(image_data) is no image file.", hint="pip install numpy") from error
    try:
        array = np.asarray(to_host(image))
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"log_image(image_data) is no array: {error}.", hint="Pass rows of equal length."
        ) from error
    if array.dtype.kind not in "buif":
        raise ArgumentTypeError(
            f"log_image(image_data) is of type {type(image).__name__}, which is no image.",
            hint="Pass a path, bytes, a PIL image or an array of numbers.",
        )
    return array


def _scale_values(array: Any, minmax: Sequence[float] | None) -> Any:
    import numpy as np  # noqa: PLC0415 - optional: there is an array

    if minmax is None and array.dtype == np.uint8:
        return array
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    if minmax is not None:
        low, high = (float(value) for value in minmax)
    elif array.dtype.kind == "b":
        low, high = 0.0, 1.0
    else:
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        if low >= 0 and array.dtype.kind == "f" and high <= 1:
            low, high = 0.0, 1.0
        elif low >= 0 and high <= 255:
            low, high = 0.0, 255.0
    values = (values - low) * (255.0 / (high - low) if high > low else 0.0)
    return np.clip(np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0), 0, 255).round().astype(np.uint8)


def _colour(pixels: Any, colormap: str) -> Any:
    if pixels.shape[2] != 1:
        raise ArgumentError("log_image(image_colormap) is for images of one channel.", hint="Leave it out.")
    if colormap.lower() in {"gray", "grey"}:
        return pixels
    try:
        from matplotlib import colormaps  # noqa: PLC0415 - optional

        coloured = colormaps[colormap](pixels[:, :, 0], bytes=True)
    except ImportError as error:
        raise ArgumentError("log_image(image_colormap) needs matplotlib.", hint="pip install matplotlib") from error
    except KeyError as error:
        raise ArgumentError(f"log_image(image_colormap)={colormap!r} is none of matplotlib's.") from error
    return coloured[:, :, :3].copy()


def _resize(pixels: Any, scale: float) -> Any:
    import numpy as np  # noqa: PLC0415 - optional: there is an array

    if not 0 < scale < 1_000:
        raise ArgumentError(f"log_image(image_scale)={scale} is no factor.", hint="Pass a number above 0.")
    height, width = (max(1, round(length * scale)) for length in pixels.shape[:2])
    rows = np.minimum((np.arange(height) / scale).astype(int), pixels.shape[0] - 1)
    columns = np.minimum((np.arange(width) / scale).astype(int), pixels.shape[1] - 1)
    return pixels[rows][:, columns]


def write_png(pixels: Any) -> bytes:
    """Write an array of bytes, height x width x 1 to 4 channels, as PNG.

    Source: PNG specification (ISO/IEC 15948), filter 1 (Sub) on every row.
    """
    import numpy as np  # noqa: PLC0415 - optional: there is an array

    height, width, depth = pixels.shape
    rows = np.ascontiguousarray(pixels).reshape(height, width * depth)
    filtered = np.empty((height, width * depth + 1), np.uint8)
    filtered[:, 0] = 1
    filtered[:, 1 : depth + 1] = rows[:, :depth]
    filtered[:, depth + 1 :] = rows[:, depth:] - rows[:, :-depth]
    head = struct.pack(">IIBBBBB", width, height, 8, _PNG_KINDS[depth], 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(filtered.tobytes(), _LEVEL)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _encode_pil(image: Any, name: str | None, image_format: str, scale: float) -> Source:
    if scale != 1.0:
        image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    kind = {"jpg": "jpeg", "tif": "tiff"}.get(image_format.lower(), image_format.lower())
    if kind == "jpeg" and image.mode not in {"L", "RGB", "CMYK"}:
        image = image.convert("RGB")
    held = io.BytesIO()
    try:
        image.save(held, format=kind)
    except (KeyError, OSError, ValueError) as error:
        raise ArgumentError(f"log_image(image_format)={image_format!r} cannot be written: {error}.") from error
    return _finish(name, held.getvalue(), kind)


def _pil(argument: str) -> Any:
    try:
        from PIL import Image  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ArgumentError(f"{argument} other than png needs Pillow.", hint="pip install pillow") from error
    return Image


def _finish(name: str | None, data: bytes, kind: str) -> Source:
    named = name or f"image.{'jpg' if kind == 'jpeg' else kind}"
    return make_source(named, data, "log_image(name)")._replace(media_type=f"image/{kind}")


def _name(source: Source) -> Source:
    """See that an image file has the media type of one, by its first bytes if its name does not say it."""
    if source.media_type.startswith("image/"):
        return source
    if source.data is not None:
        head = source.data[:16]
    else:
        assert source.path is not None
        with source.path.open("rb") as file:
            head = file.read(16)
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind is None and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        kind = "webp"
    if kind is None:
        raise ArgumentError(
            f"log_image(image_data): {source.name!r} is no image file.", hint="log_asset takes files of any kind."
        )
    return source._replace(media_type="image/svg+xml" if kind == "svg" else f"image/{kind}")


def encode_figure(figure: Any, name: str | None, figure_format: str) -> tuple[Source, str]:
    """Turn a figure into a file: matplotlib's to SVG (PNG if that is over 1 MiB), Plotly's to JSON; and say its kind.

    Raises:
        ArgumentTypeError: it is no figure.
    """
    if figure is None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not pyplot.get_fignums():
            raise ArgumentTypeError(
                "log_figure(figure) is None, and matplotlib has no current figure.", hint="Pass one."
            )
        figure = pyplot.gcf()
    figure = getattr(figure, "figure", figure) if not hasattr(figure, "savefig") else figure
    if hasattr(figure, "savefig"):
        return _encode_matplotlib(figure, name or "figure", figure_format), "figure"
    if hasattr(figure, "to_plotly_json") and hasattr(figure, "to_json"):
        named = name or "figure"
        named = named if named.endswith(".json") else f"{named}.json"
        return make_source(named, figure.to_json().encode(), "log_figure(figure_name)"), "plotly"
    raise ArgumentTypeError(
        f"log_figure(figure) is of type {type(figure).__name__}, which is no figure.",
        hint="Pass a figure of matplotlib's, seaborn's or Plotly's.",
    )


_SVG_LIMIT = 2**20


def _encode_matplotlib(figure: Any, name: str, figure_format: str) -> Source:
    if figure_format not in {"auto", "svg", "png"}:
        raise ArgumentError(f"log_figure(format)={figure_format!r} is not one.", hint="Use auto, svg or png.")
    stem = name[:-4] if name.lower().endswith((".svg", ".png")) else name
    if figure_format != "png":
        data = _save(figure, "svg")
        if figure_format == "svg" or len(data) <= _SVG_LIMIT:
            return make_source(f"{stem}.svg", data, "log_figure(figure_name)")
    return make_source(f"{stem}.png", _save(figure, "png"), "log_figure(figure_name)")


def _save(figure: Any, kind: str) -> bytes:
    held = io.BytesIO()
    figure.savefig(held, format=kind, bbox_inches="tight")
    return held.getvalue()
