"""Media: text, pages, images, figures, audio, video."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal

from halley.errors import ArgumentTypeError
from halley.sdk.encode.asset import make_source, read_source
from halley.sdk.encode.audio import encode_audio
from halley.sdk.encode.image import encode_figure, encode_image
from halley.sdk.panes.voice import AssetInfo, Voice


class Media(Voice):
    """Logging of media. They are shown with a slider over their steps."""

    __slots__ = ()

    def log_text(
        self, text: str, step: int | None = None, metadata: Mapping[str, Any] | None = None, name: str = "text"
    ) -> AssetInfo | None:
        """Log a text, such as a sample that a model wrote.

        Args:
            text: The text.
            step: The step it belongs to.
            metadata: Facts about it, such as the prompt.
            name: What it is called; texts of one name are shown one after the other.

        Raises:
            ArgumentTypeError: it is no string.

        Example:
            >>> info = experiment.log_text("Once upon a time", step=100)
        """
        if not isinstance(text, str):
            raise ArgumentTypeError(
                f"log_text(text) is of type {type(text).__name__}, not a string.", hint="Pass a str."
            )
        source = make_source(name, text.encode("utf-8", "replace"), "log_text(name)")._replace(media_type="text/plain")
        return self._emit_asset(source, kind="text", step=step, metadata=metadata)

    def log_html(self, html: str, clear: bool = False) -> AssetInfo | None:
        """Log a page or a piece of HTML, beside the earlier ones. Its scripts run in a sandbox that reaches nothing.

        Args:
            html: The HTML.
            clear: Whether it takes the place of the earlier ones.

        Raises:
            ArgumentTypeError: it is no string.

        Example:
            >>> info = experiment.log_html("<h1>Errors by class</h1>")
        """
        if not isinstance(html, str):
            raise ArgumentTypeError(
                f"log_html(html) is of type {type(html).__name__}, not a string.", hint="Pass a str."
            )
        source = make_source("page.html", html.encode("utf-8", "replace"), "log_html(html)")
        return self._emit_asset(source, kind="html", is_stepped=False, is_overwriting=clear)

    def log_html_url(self, url: str, text: str | None = None, label: str | None = None) -> AssetInfo | None:
        """Log a link as HTML.

        Args:
            url: Where it leads.
            text: What it says; None for the address.
            label: What stands before it.

        Example:
            >>> info = experiment.log_html_url("https://example.org/paper", text="the paper", label="See")
        """
        before = f"{escape(label)}: " if label else ""
        return self.log_html(f'{before}<a href="{escape(url)}" target="_blank">{escape(text or url)}</a><br>')

    def log_image(
        self,
        image_data: Any,
        name: str | None = None,
        overwrite: bool = False,
        image_format: str = "png",
        image_scale: float = 1.0,
        image_shape: Sequence[int] | None = None,
        image_colormap: str | None = None,
        image_minmax: Sequence[float] | None = None,
        image_channels: Literal["first", "last"] = "last",
        copy_to_tmp: bool = True,
        step: int | None = None,
        annotations: Any = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AssetInfo | None:
        """Log an image.

        Args:
            image_data: A path, an open file or bytes of an image file; a PIL image; or an array (numpy, torch, nested
                lists) of height x width, with 1 to 4 channels.
            name: What it is called; images of one name are shown with a slider over their steps.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            image_format: What an array or PIL image becomes: `png`, or what Pillow can write.
            image_scale: Factor of its size, for arrays and PIL images.
            image_shape: What an array is reshaped to first.
            image_colormap: Name of a colour map of matplotlib's, for arrays of one channel.
            image_minmax: Values that become black and white; None for 0 and 1, or 0 and 255, or the array's own
                extremes, whichever of these holds all values.
            image_channels: Where an array's channels are: `first` or `last`.
            copy_to_tmp: Whether a file is copied now, so that it may change or vanish at once.
            step: The step it belongs to.
            annotations: Layers of boxes and polygons, kept in the metadata: `[{"name": ..., "data": [{"label": ...,
                "boxes": [[x, y, width, height]], "score": ...}]}]`.
            metadata: Facts about it.

        Returns:
            As `log_asset` does.

        Raises:
            ArgumentError: it is no image, or an option needs a package that is not installed.
            ArgumentTypeError: it is nothing of these.

        Example:
            >>> info = experiment.log_image([[0.0, 0.5], [0.5, 1.0]], name="kernel", step=1)
        """
        source = encode_image(
            image_data,
            name,
            image_format=image_format,
            scale=image_scale,
            shape=image_shape,
            colormap=image_colormap,
            minmax=image_minmax,
            channels=image_channels,
        )
        facts = dict(metadata or {}) | ({"annotations": annotations} if annotations else {})
        return self._emit_asset(
            source, kind="image", step=step, metadata=facts, is_overwriting=overwrite, is_copied=copy_to_tmp
        )

    def log_figure(
        self,
        figure_name: str | None = None,
        figure: Any = None,
        overwrite: bool = False,
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        format: str = "auto",  # noqa: A002 - Comet's name
    ) -> AssetInfo | None:
        """Log a figure of matplotlib's, seaborn's or Plotly's.

        Args:
            figure_name: What it is called.
            figure: The figure; None for matplotlib's current one.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            step: The step it belongs to.
            metadata: Facts about it.
            format: `svg`, `png`, or `auto`: SVG, and PNG if that is over 1 MiB.

        Returns:
            As `log_asset` does.

        Raises:
            ArgumentTypeError: it is no figure.

        Example:
            >>> from matplotlib.figure import Figure
            >>> info = experiment.log_figure("losses", Figure(), step=10)
        """
        source, kind = encode_figure(figure, figure_name, format)
        return self._emit_asset(source, kind=kind, step=step, metadata=metadata, is_overwriting=overwrite)

    def log_audio(
        self,
        audio_data: Any,
        sample_rate: int | None = None,
        normalize_data: str = "PCM_16_BIT",
        file_name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        copy_to_tmp: bool = True,
        step: int | None = None,
    ) -> AssetInfo | None:
        """Log audio.

        Args:
            audio_data: A path, an open file or bytes of an audio file; or an array of samples, or samples x channels.
            sample_rate: Of an array, in Hz.
            normalize_data: How an array's samples are written: `PCM_8_BIT`, `PCM_16_BIT`, `PCM_32_BIT` or
                `PCM_32_FLOAT`.
            file_name: What it is called.
            metadata: Facts about it.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            copy_to_tmp: Whether a file is copied now, so that it may change or vanish at once.
            step: The step it belongs to.

        Raises:
            ArgumentError: an array without a sample rate, or of a shape that is no audio.

        Example:
            >>> info = experiment.log_audio([0.0, 0.5, -0.5, 0.0], sample_rate=8_000, file_name="click.wav")
        """
        source = encode_audio(audio_data, file_name, sample_rate, normalize_data)
        facts = dict(metadata or {}) | ({"sample_rate": sample_rate} if sample_rate else {})
        return self._emit_asset(
            source, kind="audio", step=step, metadata=facts, is_overwriting=overwrite, is_copied=copy_to_tmp
        )

    def log_video(
        self,
        file: Any,
        name: str | None = None,
        overwrite: bool = False,
        format: str | None = None,  # noqa: A002 - Comet's name
        step: int | None = None,
        epoch: float | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AssetInfo | None:
        """Log a video.

        Args:
            file: A path, an open file or bytes of a video file.
            name: What it is called.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            format: The ending of its name, such as `mp4`, where the name has none.
            step: The step it belongs to.
            epoch: The epoch it belongs to.
            metadata: Facts about it.

        Raises:
            ArgumentError: there is no such file.

        Example:
            >>> info = experiment.log_video(b"...", name="rollout.mp4", step=100)
        """
        if name is not None and format and "." not in name:
            name = f"{name}.{format.lower()}"
        return self._emit_asset(
            read_source(file, name, "log_video(file)"),
            kind="video",
            step=step,
            epoch=epoch,
            metadata=metadata,
            is_overwriting=overwrite,
        )
