"""Finding a model: a file, a run's folder, the newest run, or an installed one by its name; and loading what reads."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import CheckpointError, MissingFileError, OcrkitError, OptionError, UnknownNameError
from ocrkit.model_forms import (
    SUFFIXES,
    check_runtime,
    check_twin,
    form_for,
    forms_of,
    has_form,
    one_a_model,
    other_form,
)
from ocrkit.onnx_file import is_onnx
from ocrkit.plugin.lookup import pick
from ocrkit.plugin.offers import MODEL, Offer, Provider
from ocrkit.plugin.registry import default_registry
from ocrkit.plugin.specs import ModelSpec
from ocrkit.torch_extra import has_torch, importing_torch, need_torch

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry
    from ocrkit.reading_model import ReadingModel

__all__ = [
    "SEGMENTATION",
    "Found",
    "find_model",
    "installed_models",
    "load_model",
    "models_folder",
    "models_in",
    "offered_models",
    "reads",
    "task_of",
]

SEGMENTATION = "segmentation"
"""The task of models that find the lines of pages, and the kind of their files."""

_MODEL = "model"  # without its suffix
_READING = "recognition"
_USER = "user"  # what stands before the colon, in a distribution's place, for a model of the user's own folder
_USUAL = "malayalam"  # read where no charset is asked for, as it is drawn where none is: the default of `ocrkit train`


@dataclass(frozen=True, slots=True)
class Found:
    """A model file, and in words why it was taken; empty when the user named it.

    Attributes:
        path: the file.
        why: empty, or why it was taken.
        offer: whose it is, where it is an installed one.
    """

    path: Path
    why: str = ""
    offer: Offer[ModelSpec] | None = None

    @property
    def is_users(self) -> bool:
        """Whether the user put it there, and it is no distribution's."""
        return self.offer is None or self.offer.distribution == _USER

    @property
    def may_change(self) -> bool:
        """Whether its two forms belong together, so that whichever is done sooner may be taken."""
        return not self.is_users and {*forms_of(self.path)} == {*SUFFIXES}

    @property
    def name(self) -> str:
        """What it is called: an installed one's name, or its file."""
        return str(self.path) if self.offer is None else self.offer.name


def models_folder() -> Path:
    """The user's folder of installed models: a file there is found by its name without the suffix."""
    return Path(user_data_path("ocrkit")) / "models"


def offered_models(registry: Registry | None = None) -> tuple[Offer[ModelSpec], ...]:
    """Every installed model: those of the user's folder, then those of distributions, each in its own order.

    One of the folder has a ``NAME.md`` beside it for a card, where there is one. A model that lies there for torch and
    for ONNX Runtime is one, and its path that for torch.
    """
    own = Provider(_USER, str(models_folder()))
    files = models_in(models_folder(), "*")
    mine = (Offer(MODEL.name, path.stem, own, "", _own_model(path)) for path in files)
    return *mine, *(registry or default_registry()).models()


def installed_models(
    registry: Registry | None = None, *, task: str | None = None, runtime: str = "auto", sooner: str = "torch"
) -> dict[str, Path]:
    """Installed model files by name, of one task or of all; by ``distribution:name`` where several have one name.

    Of a model's two forms it is that which ``runtime`` reads, where it has that; see ``find_model`` for ``sooner``.
    """
    offers = [offer for offer in offered_models(registry) if task in (None, offer.value.task)]
    names = [offer.name for offer in offers]
    spelled = [offer.name if names.count(offer.name) == 1 else f"{offer.distribution}:{offer.name}" for offer in offers]
    found = [Found(offer.value.path, offer=offer) for offer in offers]
    wanted = [_chosen(each, runtime, sooner) for each in found]
    return {
        name: form_for(each.path, form, name) if has_form(each.path, form) else each.path
        for name, each, form in zip(spelled, found, wanted, strict=True)
    }


def find_model(
    name: str | None,
    *,
    charset: str | None = None,
    runs: Path = Path("runs"),
    runtime: str = "auto",
    sooner: str = "torch",
    registry: Registry | None = None,
) -> Found:
    """The model that a name means, or the one to take without a name.

    Args:
        name: a file, a run's folder or an installed model; None takes the newest run below ``runs`` that reads
            ``charset`` (any does where that is None), else the installed model that does, else the newest run, else
            the only installed one. Where no charset is asked for, the installed model is one for Malayalam, if there
            is such a one. Those that find the lines of pages are never taken so. Of several, one in the user's folder
            comes before those of distributions, and of those the first counts, which is the most accurate of its
            distribution.
        charset: what the model should read: its charset's name, or what the name of a union begins with.
        runs: where runs are kept.
        runtime: what is to read it: of an installed model, or that of a run, the form for it is taken, and without a
            name no model that lacks it where others have it. ``auto`` is ``torch`` where torch is installed and the
            model has that form, else ``onnx``. A file that is named is taken as it is.
        sooner: what is done sooner, as ``ocrkit.runtime_choice.sooner_runtime`` tells. Where that is ``onnx``, so is
            ``auto`` for a model that a distribution brings in both forms. What somebody exported beside a model of
            their own may be of an older one.
        registry: knows the models of distributions; None for the default one.

    Raises:
        MissingFileError: there is no model at all, or the named folder holds none.
        UnknownNameError: nothing has the name, several things have, or several models of the user's own would do.
        OptionError: there is no such runtime, or the named model has no form for it.
        CheckpointError: the ONNX file that is to be taken was made of another model than lies beside it.
    """
    check_runtime(runtime)
    found = _named(name, registry) if name is not None else _usual(charset, runs, runtime, registry)
    if name is not None and Path(name) == found.path:
        return found
    file = form_for(found.path, _chosen(found, runtime, sooner), f"the model {name or found.path.stem!r}")
    check_twin(file)
    return replace(found, path=file)


def load_model(
    path: str | os.PathLike[str], *, runtime: str = "auto", registry: Registry | None = None
) -> ReadingModel:
    """Read the file of a model that reads lines, ready to be used.

    Args:
        path: a safetensors file, which torch computes, or an ONNX file, which ONNX Runtime does.
        runtime: ``auto``, or which of the two it is to be.
        registry: knows the parts of networks that torch computes; None for the default one.

    Raises:
        MissingFileError: there is no such file.
        CheckpointError: it is not a model of ocrkit that reads lines, is damaged, or is not for this runtime.
        PluginError: a plugin that it was made with is missing.
        DependencyError: what computes it is not installed.
        OptionError: ``path`` is no name, or there is no such runtime.
    """
    check_runtime(runtime)
    if not isinstance(path, str | os.PathLike):
        raise OptionError(f"the model file is {path!r}; expected the name of one")
    file = Path(path)
    if is_onnx(file):
        if runtime == "torch":
            raise CheckpointError(f"is an ONNX file, and runtime is 'torch', which reads none; {_way_out(file)}", path)
        from ocrkit.onnx_model import OnnxModel

        return OnnxModel.load(path)
    if runtime == "onnx":
        read_metadata(file)
        raise CheckpointError(f"is no ONNX file, and runtime is 'onnx', which reads only those; {_way_out(file)}", path)
    if not has_torch():
        read_metadata(file)  # what is wrong with it comes first
        need_torch(f"reading with {os.fspath(path)}", instead=_way_out(file))
    with importing_torch():
        from ocrkit.model import Model

    return Model.load(path, registry=registry)


def _chosen(found: Found, runtime: str, sooner: str) -> str:
    """The runtime of a model of which whatever is done sooner may be taken."""
    return sooner if runtime == "auto" and sooner == "onnx" and found.may_change else runtime


def _way_out(path: Path) -> str:
    other = other_form(path)
    if other is not None:
        return f"take {str(other)!r}"
    if is_onnx(path):
        return "take the safetensors file that it was made of"
    return "make an ONNX file of it where torch is installed: 'ocrkit export'"


def _usual(charset: str | None, runs: Path, runtime: str, registry: Registry | None) -> Found:
    """The model to take where none is named, in whatever form."""
    found = [path for path in models_in(runs, f"*/{_MODEL}") if task_of(path) != SEGMENTATION]
    trained = _readable(sorted(found, key=lambda path: path.stat().st_mtime, reverse=True), runtime)
    if fitting_run := next((path for path in trained if reads(path, charset)), None):
        return Found(fitting_run, "the newest run" + (f" for charset {charset!r}" if charset else ""))
    installed = [offer for offer in offered_models(registry) if offer.value.task != SEGMENTATION]
    installed = [offer for offer in installed if has_form(offer.value.path, runtime)] or installed
    if fitting := _first([offer for offer in installed if reads(offer.value.path, charset)], charset):
        return fitting
    if trained:
        return Found(trained[0], f"the newest run, though none is for charset {charset!r}")
    if len(installed) == 1:
        return _taken(installed[0])
    if installed:
        names = ", ".join(installed_models(registry, task=_READING))
        raise UnknownNameError(f"no model reads charset {charset!r}; installed: {names}; say which with `model`")
    raise MissingFileError(
        f"no model: there is no run below {str(runs)!r} and none is installed in {str(models_folder())!r}; "
        "'ocrkit train' makes one, 'pip install ocrkit-models' brings some, `model` names one"
    )


def models_in(folder: Path, pattern: str) -> list[Path]:
    """Model files of a folder by a pattern without a suffix, one for each model, by their names.

    What may not be looked into has none, as the home folder of another user, under whose name a service was started.
    """
    names = [name for suffix in SUFFIXES.values() for name in glob.glob(pattern + suffix, root_dir=folder)]
    return one_a_model([folder / name for name in names])


def _readable(paths: list[Path], runtime: str) -> list[Path]:
    """The models that a runtime reads; all of them where it reads none."""
    return [path for path in paths if has_form(path, runtime)] or paths


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


def task_of(path: Path) -> str:
    """What a model file is for: ``segmentation``, or ``recognition`` where it does not say that."""
    try:
        return SEGMENTATION if read_metadata(path).get("kind") == SEGMENTATION else _READING
    except OcrkitError:
        return _READING


def _own_model(path: Path) -> ModelSpec:
    card = path.with_suffix(".md")
    return ModelSpec(path.stem, "", path, _languages(path), "", card if card.is_file() else None, task_of(path))


def _languages(path: Path) -> tuple[str, ...]:
    try:
        charset = read_metadata(path).get("charset")
    except OcrkitError:
        return ()
    languages = charset.get("languages") if isinstance(charset, dict) else None
    return tuple(map(str, languages)) if isinstance(languages, list) else ()


def _first(offers: list[Offer[ModelSpec]], charset: str | None) -> Found | None:
    """Of installed models that would do the one to take, and None where there is none.

    Raises:
        UnknownNameError: several of the user's own would, and nothing says which is the best.
    """
    mine = [offer for offer in offers if offer.distribution == _USER]
    if len(mine) > 1:
        names = ", ".join(offer.name for offer in mine)
        raise UnknownNameError(f"several models are installed: {names}; say which with `model`")
    usual = [] if charset else [offer for offer in offers if reads(offer.value.path, _USUAL)]
    return next(map(_taken, mine or usual or offers), None)


def _taken(offer: Offer[ModelSpec]) -> Found:
    whose = "" if offer.distribution == _USER else f" of {offer.origin}"
    return Found(offer.value.path, f"the installed model {offer.name!r}{whose}", offer)


def _named(name: str, registry: Registry | None) -> Found:
    path = Path(name)
    if path.is_dir() and (of_run := models_in(path, _MODEL)):
        return Found(of_run[0])
    if path.exists() and not path.is_dir():
        return Found(path)
    installed = offered_models(registry)
    # A folder of lines may be called as a model is.
    if path.is_dir() and not any(offer.name == name for offer in installed):
        holds = " or ".join(_MODEL + suffix for suffix in SUFFIXES.values())
        raise MissingFileError(f"the folder {name!r} holds no {holds}; `model` takes a file, a run's folder or a name")
    if path.suffix in SUFFIXES.values() or "/" in name:
        raise MissingFileError(f"no model file {name!r}")
    if not installed:
        raise UnknownNameError(
            f"no model file or folder {name!r}, and no model is installed in {str(models_folder())!r} or by a plugin"
        )
    offer = pick(MODEL.name, name, installed, (registry or default_registry()).suspects(MODEL))
    return Found(offer.value.path, offer=offer)
