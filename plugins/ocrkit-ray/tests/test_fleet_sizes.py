from __future__ import annotations

import pytest

from ocrkit.errors import OptionError

pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")

from ocrkit_ray.engine import make_engine
from ocrkit_ray.fleet import Kind, fitting, how_it_ended
from ocrkit_ray.options import RayOptions
from ray.exceptions import ActorUnavailableError, OutOfMemoryError


def machine(cpus: float, gpus: float = 0, *, alive: bool = True) -> dict[str, object]:
    return {"Alive": alive, "Resources": {"CPU": cpus, "GPU": gpus} if gpus else {"CPU": cpus}}


@pytest.mark.parametrize(
    ("kind", "cpus", "gpus", "fit"),
    [
        (Kind(1, 0), 4, 0, 4),
        (Kind(2, 0), 5, 0, 2),
        (Kind(0.1, 0), 1, 0, 10),
        (Kind(1, 1), 4, 2, 2),
        (Kind(4, 1), 4, 2, 1),
        (Kind(1, 1), 4, 0, 0),
        (Kind(0, 0.25), 0, 2, 8),
        (Kind(0, 0.4), 0, 2, 4),  # two a GPU; the rest of both is not one
    ],
)
def test_as_many_workers_as_a_machine_has_room_for(kind: Kind, cpus: float, gpus: float, fit: int) -> None:
    assert kind.count_in(cpus, gpus) == fit


def test_machines_that_are_gone_hold_no_worker() -> None:
    assert fitting([Kind(1, 0)], [machine(4), machine(8, alive=False)]) == {Kind(1, 0): 4}


def test_workers_with_a_gpu_come_first_and_others_take_the_cores_that_are_left() -> None:
    with_gpu, without = Kind(2, 1), Kind(2, 0)

    assert fitting([with_gpu, without], [machine(8, 1), machine(4)]) == {with_gpu: 1, without: 3 + 2}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"workers": 0}, "workers is 0; expected 1 or more, or -1"),
        ({"cpus": -1.0}, "cpus is -1.0; expected 0 or more"),
        ({"gpus": float("nan")}, "gpus is nan; expected 0 or more"),
        ({"gpus": 1.5}, "gpus is 1.5; expected a whole number, or a part of one"),
        ({"cpus": 0.0}, "cpus and gpus are 0; a worker takes at least a part of one"),
        ({"mixed": True}, "`mixed` is for workers beside those that take a GPU"),
        ({"object_store": 1}, "object_store is 1; expected 80 MB or more"),
        ({"patience": 0.0}, "patience is 0.0; expected seconds above 0"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        make_engine(RayOptions(**options))  # type: ignore[arg-type]


def test_how_a_process_ended_is_told_in_a_few_words() -> None:
    lost = ActorUnavailableError("its node has died\n\tip: 10.0.0.3\nmore", None)

    assert how_it_ended(lost) == "its machine went away (10.0.0.3)"
    assert how_it_ended(OutOfMemoryError("much")) == "its machine ran short of memory"
    assert how_it_ended(ActorUnavailableError("who knows", None)) == ""
