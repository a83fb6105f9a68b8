"""Text of output without its escape sequences."""

import pytest

from halley.core.output import strip_escapes


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3mrgb\x1b[m \x1b[?25l\x1b[2K\x1b[1A", "rgb "),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(B\x1b7a\x1b8\x1bM", "a"),
        ("cut \x1b[31", "cut [31"),
        ("cut \x1b]0;title", "cut ]0;title"),
        ("\x1b\x1b[1mb", "b"),
        ("\x1b]0;title\nnext\x07", "]0;title\nnext\x07"),
        ("[31m", "[31m"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert strip_escapes(text) == shown
