"""Images: arrays become PNGs that others read back, pixel by pixel."""

import io

import numpy as np
import pytest
from PIL import Image

from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.image import encode_image, to_pixels, write_png


def read(data):
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 5), (7, 1), (33, 20)])
def test_a_png_has_the_pixels_that_were_written(depth, height, width):
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, depth), np.uint8)
    assert np.array_equal(read(write_png(pixels)).reshape(pixels.shape), pixels)


def test_values_become_bytes():
    for values, pixels in [
        ([[0.0, 0.5, 1.0]], [[0, 128, 255]]),
        ([[0, 128, 255]], [[0, 128, 255]]),
        ([[-1.0, 0.0, 1.0]], [[0, 128, 255]]),
        ([[0.0, 100.0, 200.0]], [[0, 100, 200]]),
        ([[True, False]], [[255, 0]]),
        ([[np.nan, np.inf, 1.0, 0.0]], [[0, 255, 255, 0]]),
        ([[5.0, 5.0]], [[5, 5]]),
        ([[-7, -7]], [[0, 0]]),
    ]:
        assert to_pixels(np.array(values))[:, :, 0].tolist() == pixels, values
    assert to_pixels(np.array([[0.0, 0.5]]), minmax=(0.25, 0.75))[:, :, 0].tolist() == [[0, 128]]


def test_shapes():
    image = np.zeros((3, 4, 5), np.uint8)
    assert to_pixels(image, channels="first").shape == (4, 5, 3)
    assert to_pixels(np.zeros((1, 4, 5, 3))).shape == (4, 5, 3)
    assert to_pixels(np.zeros(12), shape=(3, 4)).shape == (3, 4, 1)
    for wrong in (np.zeros((4, 5, 6)), np.zeros(3), np.zeros((0, 3)), np.zeros((2, 4, 5, 3))):
        with pytest.raises(ArgumentError, match="is no image"):
            to_pixels(wrong)
    with pytest.raises(ArgumentTypeError):
        to_pixels([["a", "b"]])


def test_names_and_types():
    source = encode_image([[0.0, 1.0]], None)
    assert (source.name, source.media_type) == ("image.png", "image/png")
    assert encode_image([[0.0, 1.0]], "a.b").name == "a.b"
    assert encode_image([[0.0, 1.0]], "a.png").name == "a.png"
    source = encode_image([[0.0, 1.0]], "a", image_format="jpg")
    assert (source.name, source.media_type) == ("a", "image/jpeg")
    assert Image.open(io.BytesIO(source.data)).format == "JPEG"
    assert Image.open(io.BytesIO(encode_image(Image.new("RGBA", (2, 3)), "p", image_format="jpeg").data)).size == (2, 3)


def test_scale():
    assert read(encode_image(np.arange(6, dtype=np.uint8).reshape(2, 3), "a", scale=2).data).tolist() == [
        [0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2], [3, 3, 4, 4, 5, 5], [3, 3, 4, 4, 5, 5],
    ]  # fmt: skip


def test_files_are_known_by_their_first_bytes(tmp_path):
    png = write_png(np.zeros((2, 2, 1), np.uint8))
    path = tmp_path / "picture"
    path.write_bytes(png)
    for given in (path, str(path), png, io.BytesIO(png)):
        assert encode_image(given, None).media_type == "image/png"
    (tmp_path / "x.txt").write_text("no image")
    with pytest.raises(ArgumentError, match="is no image file"):
        encode_image(tmp_path / "x.txt", None)


def test_colour_maps():
    assert read(encode_image([[0.0, 1.0]], "a", colormap="viridis").data).tolist() == [[[68, 1, 84], [253, 231, 36]]]
    with pytest.raises(ArgumentError, match="none of matplotlib's"):
        encode_image([[0.0, 1.0]], "a", colormap="nonsense")
