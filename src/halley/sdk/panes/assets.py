"""Assets: files, folders and data that are kept as they are."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halley.core.asset import check_asset_name
from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import encode_data, list_folder, read_source
from halley.sdk.panes.voice import AssetInfo, Voice


class Assets(Voice):
    """Logging of files."""

    __slots__ = ()

    def log_asset(
        self,
        file_data: Any,
        file_name: str | None = None,
        overwrite: bool = False,
        copy_to_tmp: bool = True,
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        asset_type: str = "file",
    ) -> AssetInfo | None:
        """Log a file, of any kind and size. It is sent in the background, behind metrics.

        Args:
            file_data: A path, an open file, or bytes.
            file_name: What it is called, a path with `/`; None for the name of the file.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            copy_to_tmp: Whether the file is copied now, so that it may change or vanish at once. False sends it from
                where it is: leave it as it is until then.
            step: The step it belongs to; this does not move the experiment's.
            metadata: Facts about it, whatever JSON can hold.
            asset_type: The kind of asset, such as `image`.

        Returns:
            `assetId`, and where it can be seen (`web`) and fetched (`api`); None if it is not kept because the
            experiment is disabled or has ended, or the disk is full.

        Raises:
            ArgumentError: there is no such file, or a name cannot be used.
            ArgumentTypeError: it is none of these.

        Example:
            >>> info = experiment.log_asset(b"epoch,loss", file_name="history.csv")
        """
        source = read_source(file_data, file_name, "log_asset(file_data)")
        return self._emit_asset(
            source, kind=asset_type, step=step, metadata=metadata, is_overwriting=overwrite, is_copied=copy_to_tmp
        )

    def log_asset_data(
        self,
        data: Any,
        name: str | None = None,
        overwrite: bool = False,
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        file_name: str | None = None,
        epoch: float | None = None,
    ) -> AssetInfo | None:
        """Log data as a file: text and bytes as they are, anything else as JSON.

        Args:
            data: The data.
            name: What it is called; None for `data`.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            step: The step it belongs to.
            metadata: Facts about it.
            file_name: The same as `name`.
            epoch: The epoch it belongs to.

        Returns:
            As `log_asset` does.

        Raises:
            ArgumentTypeError: JSON cannot hold it.

        Example:
            >>> info = experiment.log_asset_data({"threshold": 0.5}, name="settings.json")
        """
        source = encode_data(data, file_name or name or "data")
        return self._emit_asset(
            source, kind="file", step=step, epoch=epoch, metadata=metadata, is_overwriting=overwrite
        )

    def log_asset_folder(
        self,
        folder: str | os.PathLike[str],
        step: int | None = None,
        log_file_name: bool | None = True,
        recursive: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> list[tuple[str, AssetInfo]]:
        """Log every file of a folder.

        Args:
            folder: The folder.
            step: The step they belong to.
            log_file_name: Whether they are called by their path in the folder, with its name in front; else by their
                own name only.
            recursive: Whether folders inside it are looked through, too.
            metadata: Facts about each.

        Returns:
            The path of every file, and what `log_asset` returns for it.

        Raises:
            ArgumentError: there is no such folder.

        Example:
            >>> infos = experiment.log_asset_folder(".", recursive=True)
        """
        logged = []
        root = Path(folder)
        for path in list_folder(root, recursive=recursive):
            name = f"{root.absolute().name}/{path.relative_to(root).as_posix()}" if log_file_name else path.name
            info = self._emit_asset(
                read_source(path, name, "log_asset_folder(folder)"), kind="file", step=step, metadata=metadata
            )
            if info is not None:
                logged.append((str(path), info))
        return logged

    def log_remote_asset(
        self,
        uri: str,
        remote_file_name: str | None = None,
        overwrite: bool = False,
        asset_type: str = "file",
        step: int | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> AssetInfo | None:
        """Log where a file is, and not the file.

        Args:
            uri: Such as `s3://bucket/data.parquet` or `https://...`.
            remote_file_name: What it is called; None for the last part of the address.
            overwrite: Whether it takes the place of an earlier one with this name and step.
            asset_type: The kind of asset.
            step: The step it belongs to.
            metadata: Facts about it.

        Raises:
            ArgumentError: it is no address.

        Example:
            >>> info = experiment.log_remote_asset("s3://ratings/2021.parquet")
        """
        if not isinstance(uri, str):
            raise ArgumentTypeError(
                f"log_remote_asset(uri)={uri!r} is of type {type(uri).__name__}, not a string.", hint="Pass a str."
            )
        if "://" not in uri:
            raise ArgumentError(
                f"log_remote_asset(uri)={uri!r} is no address.", hint="It begins with a scheme, such as s3://."
            )
        name = remote_file_name or uri.rstrip("/").rsplit("/", 1)[-1] or uri
        check_asset_name(name, "log_remote_asset(remote_file_name)")
        return self._emit_link(uri, name, kind=asset_type, step=step, metadata=metadata, is_overwriting=overwrite)
