"""Finding a model: a file, a run's folder, the newest run, or an installed one by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import MissingFileError, OcrkitError, UnknownNameError, unknown_name

__all__ = ["Found", "find_model", "installed_models", "models_folder", "reads"]

_MODEL = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Found:
    """A model file, and in words why it was taken; empty when the user named it."""

    path: Path
    why: str = ""


def models_folder() -> Path:
    """The user's folder of installed models: a file there is found by its name without the suffix."""
    return Path(user_data_path("ocrkit")) / "models"


def installed_models() -> dict[str, Path]:
    """Installed model files by name."""
    return {path.stem: path for path in sorted(models_folder().glob("*.safetensors"))}


def find_model(name: str | None, *, charset: str | None = None, runs: Path = Path("runs")) -> Found:
    """The model that a name means, or the one to take without a name.

    Args:
        name: a file, a run's folder or an installed model; None takes the newest run below ``runs`` that reads
            ``charset`` (any does where that is None), else the installed model that does, else the newest run, else
            the only installed one.
        charset: what the model should read: its charset's name, or what the name of a union begins with.
        runs: where runs are kept.

    Raises:
        MissingFileError: there is no model at all, or the named folder holds none.
        UnknownNameError: nothing has the name, or several installed models would do.
    """
    if name is not None:
        return Found(_named(name))
    trained = sorted(runs.glob(f"*/{_MODEL}"), key=lambda path: path.stat().st_mtime, reverse=True)
    if fitting_run := next((path for path in trained if reads(path, charset)), None):
        return Found(fitting_run, "the newest run" + (f" for charset {charset!r}" if charset else ""))
    installed = installed_models()
    fitting = {name: path for name, path in installed.items() if charset is not None and reads(path, charset)}
    if trained and not fitting:
        return Found(trained[0], f"the newest run, though none is for charset {charset!r}")
    choice = fitting or installed
    if len(choice) == 1:
        [(name, path)] = choice.items()
        return Found(path, f"the installed model {name!r}")
    if choice:
        raise UnknownNameError(f"several models are installed: {', '.join(choice)}; say which with `model`")
    raise MissingFileError(
        f"no model: there is no run below {str(runs)!r} and none is installed in {str(models_folder())!r}; "
        "'ocrkit train' makes one, `model` names one"
    )


def reads(path: Path, charset: str | None) -> bool:
    """Whether a model file's charset is the named one or a union that begins with it; None is any charset."""
    if charset is None:
        return True
    try:
        record = read_metadata(path).get("charset")
    except OcrkitError:
        return False
    own = str(record.get("name", "")) if isinstance(record, dict) else ""
    return own == charset or own.startswith(f"{charset}+")


def _named(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        if (path / _MODEL).is_file():
            return path / _MODEL
        raise MissingFileError(f"the folder {name!r} holds no {_MODEL}; `model` takes a file, a run's folder or a name")
    if path.exists() or path.suffix == ".safetensors" or "/" in name:
        if not path.exists():
            raise MissingFileError(f"no model file {name!r}")
        return path
    installed = installed_models()
    if not installed:
        raise UnknownNameError(
            f"no model file or folder {name!r}, and no model is installed in {str(models_folder())!r}"
        )
    if name not in installed:
        way_out = "a file, or a run's folder, works as well"
        raise UnknownNameError(unknown_name("model", name, installed, way_out=way_out))
    return installed[name]
