"""Models: their files, where they are, and their graphs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halley.core.asset import check_asset_name
from halley.errors import ArgumentError, ArgumentTypeError
from halley.sdk.encode.asset import list_folder, make_source, read_source
from halley.sdk.panes.voice import AssetInfo, Voice


class Models(Voice):
    """Logging of models."""

    __slots__ = ()

    def log_model(
        self,
        name: str,
        file_or_folder: Any,
        file_name: str | None = None,
        overwrite: bool = False,
        metadata: Mapping[str, Any] | None = None,
        copy_to_tmp: bool = True,
        prepend_folder_name: bool = True,
    ) -> list[AssetInfo]:
        """Log the files of a model; they are assets of the kind `model` under its name.

        Args:
            name: The model's name.
            file_or_folder: A path, an open file or bytes; or a folder, which is looked through with all inside it.
            file_name: What the file is called; None for its own name.
            overwrite: Whether each takes the place of an earlier one with its name and step.
            metadata: Facts about each.
            copy_to_tmp: Whether files are copied now; see `log_asset`.
            prepend_folder_name: Whether the folder's name stands before the names of its files.

        Returns:
            What `log_asset` returns, for each file that is kept.

        Raises:
            ArgumentError: there is no such file or folder, or nothing in it.
            ArgumentTypeError: it is neither.

        Example:
            >>> infos = experiment.log_model("resnet", b"...", file_name="weights.pt")
        """
        check_asset_name(name, "log_model(name)")
        if isinstance(file_or_folder, (str, Path)) and Path(file_or_folder).is_dir():
            root = Path(file_or_folder)
            front = f"{root.absolute().name}/" if prepend_folder_name else ""
            named = [
                (path, f"{front}{path.relative_to(root).as_posix()}") for path in list_folder(root, recursive=True)
            ]
            if not named:
                raise ArgumentError(
                    f"log_model(file_or_folder)={str(root)!r} holds no file.", hint="Save the model first."
                )
            sources = [read_source(path, f"{name}/{inside}", "log_model(file_or_folder)") for path, inside in named]
        else:
            source = read_source(file_or_folder, file_name, "log_model(file_or_folder)")
            sources = [source._replace(name=check_asset_name(f"{name}/{source.name}", "log_model(name)"))]
        infos = [
            self._emit_asset(source, kind="model", metadata=metadata, is_overwriting=overwrite, is_copied=copy_to_tmp)
            for source in sources
        ]
        return [info for info in infos if info is not None]

    def log_remote_model(
        self,
        model_name: str,
        uri: str,
        metadata: Mapping[str, Any] | None = None,
        sync_mode: bool = True,
        max_synced_objects: int = 10_000,
    ) -> AssetInfo | None:
        """Log where a model is, and not its files.

        Args:
            model_name: The model's name.
            uri: Such as `s3://bucket/models/resnet`.
            metadata: Facts about it.
            sync_mode: Taken for Comet's sake: what is at the address is not listed.
            max_synced_objects: The same.

        Raises:
            ArgumentError: it is no address.

        Example:
            >>> info = experiment.log_remote_model("resnet", "s3://models/resnet")
        """
        del sync_mode, max_synced_objects
        if not isinstance(uri, str) or "://" not in uri:
            raise ArgumentError(
                f"log_remote_model(uri)={uri!r} is no address.", hint="It begins with a scheme, such as s3://."
            )
        name = check_asset_name(f"{model_name}/{uri.rstrip('/').rsplit('/', 1)[-1]}", "log_remote_model(model_name)")
        return self._emit_link(uri, name, kind="model", metadata=metadata)

    def set_model_graph(self, graph: Any, overwrite: bool = False) -> AssetInfo | None:
        """Log what a model is made of.

        Args:
            graph: A text or JSON; or a model, of which the JSON that it makes itself (Keras) or its text (PyTorch and
                others) is taken.
            overwrite: Whether it takes the place of an earlier one.

        Raises:
            ArgumentTypeError: it is None.

        Example:
            >>> info = experiment.set_model_graph("Linear(64, 10)")
        """
        if graph is None:
            raise ArgumentTypeError("set_model_graph(graph) is None.", hint="Pass a model or a text.")
        text = graph if isinstance(graph, str) else graph.to_json() if hasattr(graph, "to_json") else str(graph)
        is_json = text.lstrip().startswith(("{", "["))
        source = make_source(
            "graph",
            text.encode("utf-8", "replace"),
            "set_model_graph(graph)",
            "application/json" if is_json else "text/plain",
        )
        return self._emit_asset(source, kind="graph", is_stepped=False, is_overwriting=overwrite)

    def log_tensorflow_folder(
        self, folder: str | Path, metadata: Mapping[str, Any] | None = None
    ) -> list[tuple[str, AssetInfo]]:
        """Log the event files of TensorBoard, as assets of the kind `tensorboard`.

        Args:
            folder: The folder, which is looked through with all inside it.
            metadata: Facts about each file.

        Returns:
            The path of every file, and what `log_asset` returns for it.

        Raises:
            ArgumentError: there is no such folder.

        Example:
            >>> infos = experiment.log_tensorflow_folder(".")
        """
        root, logged = Path(folder), []
        for path in list_folder(root, recursive=True):
            name = f"{root.absolute().name}/{path.relative_to(root).as_posix()}"
            source = read_source(path, name, "log_tensorflow_folder(folder)")
            info = self._emit_asset(source, kind="tensorboard", metadata=metadata)
            if info is not None:
                logged.append((str(path), info))
        return logged

    def log_tensorboard_folder(
        self, folder: str | Path, metadata: Mapping[str, Any] | None = None
    ) -> list[tuple[str, AssetInfo]]:
        """Log the event files of TensorBoard: the other name of `log_tensorflow_folder`.

        Example:
            >>> infos = experiment.log_tensorboard_folder(".")
        """
        return self.log_tensorflow_folder(folder, metadata)
