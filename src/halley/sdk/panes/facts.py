"""Facts about the experiment itself: its name, its tags, and whatever else is worth a line."""

from collections.abc import Iterable, Mapping
from typing import Any

from halley.core.names import check_name
from halley.core.parameter import Value, to_value
from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.tags import check_tags
from halley.sdk.panes.voice import Voice
from halley.wire.records import AddTags, Name, Other


class Facts(Voice):
    """Logging of facts."""

    __slots__ = ()

    def log_other(self, key: str, value: Any) -> None:
        """Log a loose fact; a later value replaces an earlier one. The key `Name` is the experiment's name.

        Args:
            key: What it is called, up to 1,000 characters.
            value: Number, text, truth value or None; anything else becomes text.

        Raises:
            ArgumentTypeError: the key is no string.
            ArgumentError: the key is empty or too long, or the text is over 100,000 characters.

        Example:
            >>> experiment.log_other("dataset", "ratings of 2021")
        """
        name = check_name(key, "log_other(key)")
        converted = to_value(value, "log_other(value)")
        if name == "Name":
            self.set_name(str(converted))
            return
        self._others[name] = converted
        self._emit(Other(time=self._now(), name=name, value=converted))

    def log_others(self, dictionary: Mapping[str, Any]) -> None:
        """Log every entry of a dictionary as a loose fact.

        Raises:
            ArgumentTypeError: it is no dictionary.

        Example:
            >>> experiment.log_others({"dataset": "ratings of 2021", "rows": 1_000_000})
        """
        if not isinstance(dictionary, Mapping):
            raise ArgumentTypeError(
                f"log_others(dictionary) is of type {type(dictionary).__name__}, not a dictionary.",
                hint="Pass {key: value}, or log one fact with log_other(key, value).",
            )
        for key, value in dictionary.items():
            self.log_other(key, value)

    def log_dataset_info(self, name: str | None = None, version: str | None = None, path: str | None = None) -> None:
        """Log which data is used, as the other `dataset_info`: `name-version, path`, as far as they are given.

        Raises:
            ArgumentError: none is.

        Example:
            >>> experiment.log_dataset_info("ratings", version="2021", path="s3://ratings/2021")
            >>> experiment.get_other("dataset_info")
            'ratings-2021, s3://ratings/2021'
        """
        called = "-".join(str(part) for part in (name, version) if part is not None)
        text = ", ".join(part for part in (called, "" if path is None else str(path)) if part)
        if not text:
            raise ArgumentError("log_dataset_info() is told nothing.", hint="Pass name, version or path.")
        self.log_other("dataset_info", text)

    def get_other(self, name: str) -> Value:
        """Get the fact this process logged last under `name`.

        Raises:
            KeyError: there is none; the message names those there are.

        Example:
            >>> experiment.log_other("dataset", "2026-11")
            >>> experiment.log_other("dataset", "ratings of 2021")
            >>> experiment.get_other("dataset")
            'ratings of 2021'
        """
        if name in self._others:
            return self._others[name]
        known = ", ".join(sorted(self._others)[:50]) or "none"
        raise KeyError(f"No other {name!r} was logged by this process. There are: {known}.")

    def add_tag(self, tag: str) -> None:
        """Add a tag.

        Raises:
            ArgumentTypeError: it is no string.
            ArgumentError: it is empty or over 1,000 characters.

        Example:
            >>> experiment.add_tag("baseline")
        """
        self.add_tags([check_name(tag, "add_tag(tag)")])

    def add_tags(self, tags: Iterable[str]) -> None:
        """Add several tags; one that is there already stays as it is.

        Raises:
            ArgumentTypeError: it is no list of strings.
            ArgumentError: a tag is empty or over 1,000 characters.

        Example:
            >>> experiment.add_tags(["baseline", "adam"])
        """
        new = tuple(tag for tag in check_tags(tags) if tag not in self._tags)
        if new:
            self._tags.update(dict.fromkeys(new))
            self._emit(AddTags(time=self._now(), tags=new))

    def get_tags(self) -> list[str]:
        """Get the tags this process added.

        Example:
            >>> experiment.get_tags()
            ['baseline', 'adam']
        """
        return list(self._tags)

    def set_name(self, name: str) -> None:
        """Name the experiment; without a name the server makes one up.

        Raises:
            ArgumentTypeError: it is no string.
            ArgumentError: it is empty or over 1,000 characters.

        Example:
            >>> experiment.set_name("wider, slower")
        """
        self._emit(Name(time=self._now(), name=check_name(name, "set_name(name)")))
