"""Claims: who may have a page in hand, and who is taken for dead."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.collections.claims import Busy, Claim, Claims
from ocrkit.collections.records import Record, Records, name_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def claims(output: Path, run: str, machine: str = "") -> Claims:
    """The claims of a process, of another machine where one is named."""
    made = Claims(output, run)
    if machine:
        made._me = replace(made._me, machine=machine, host=machine)
    return made


def test_only_one_has_a_page_and_another_once_it_is_given_back(tmp_path: Path) -> None:
    one, other = claims(tmp_path, "one"), claims(tmp_path, "other")
    first = one.take("a")
    assert isinstance(first, Claim)
    assert isinstance(other.take("a"), Busy)

    one.give_back(first)

    assert isinstance(other.take("a"), Claim)


def test_an_owner_on_another_machine_lives_until_it_is_silent_for_long(tmp_path: Path) -> None:
    far, here = claims(tmp_path, "far", "far"), claims(tmp_path, "here")
    claim = far.take("a")
    assert isinstance(claim, Claim)
    assert isinstance(here.take("a"), Busy)

    long_ago = here.now() - 301
    os.utime(claim.path, (long_ago, long_ago))
    taken = here.take("a")

    assert isinstance(taken, Claim)
    assert (taken.generation, taken.dead) == (1, ("far",))
    assert here.is_mine(taken)
    assert not far.is_mine(claim)


def test_whom_the_engine_saw_die_on_another_machine_is_dead_at_once(tmp_path: Path) -> None:
    far, driver = claims(tmp_path, "run", "far"), claims(tmp_path, "run")
    far.take("a")
    assert driver.deaths("a") == []

    driver.bury("a")

    assert driver.deaths("a") == ["run"]


def test_nothing_is_left_of_a_run_that_ended_nor_of_machines_that_are_gone(tmp_path: Path) -> None:
    here = claims(tmp_path, "here")
    here.take("a")
    for number in range(8):
        far = claims(tmp_path, "far", f"far {number}")
        claim = far.take(str(number))
        far.close()
        assert isinstance(claim, Claim)
        os.utime(claim.path, (1, 1))

    here.end_run()

    assert [path.name for path in (tmp_path / ".ocrkit/claims").iterdir() if path.name.startswith("owner-")] == []


def test_a_claim_goes_whose_process_died_once_its_page_was_noted_and_no_other_does(tmp_path: Path) -> None:
    here, records = claims(tmp_path, "here"), Records(tmp_path)
    for stem, noted in (("noted", 1001), ("noted before", 999), ("never", 0)):
        claim = claims(tmp_path, "far", "far").take(stem)
        assert isinstance(claim, Claim)
        os.utime(claim.path, (1000, 1000))
        if noted:
            records.add(Record(stem, f"{stem}.png", 1, 1, "", {}))
            (record,) = tmp_path.rglob(f"done/*/{name_of(stem)[3:]}.json")
            os.utime(record, (noted, noted))

    here.end_run()

    assert [here.deaths(stem) for stem in ("noted", "noted before", "never")] == [[], ["far"], ["far"]]


def test_where_there_are_no_hard_links_a_claim_is_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    one, other = claims(tmp_path, "one"), claims(tmp_path, "other")

    assert isinstance(one.take("a"), Claim)
    assert isinstance(other.take("a"), Busy)
