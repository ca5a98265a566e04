from __future__ import annotations

import pytest

from ocrkit.errors import OptionError
from ocrkit.pages.opening import PageNumbers


@pytest.mark.parametrize(
    ("given", "count", "pages"),
    [
        (None, 3, [1, 2, 3]),
        ("1-3,7,10-", 12, [1, 2, 3, 7, 10, 11, 12]),
        (" 2 - 3 , 1 ", 12, [2, 3, 1]),
        ("-2", 12, [1, 2]),
        ("2-9", 3, [2, 3]),
        ("5", 3, [5]),
        ("5-", 3, [5]),
        ([3, 1], 4, [3, 1]),
        (2, 4, [2]),
    ],
)
def test_pages_are_chosen_by_numbers_and_ranges(given: object, count: int, pages: list[int]) -> None:
    numbers = PageNumbers.of(given)  # type: ignore[arg-type]

    assert list(numbers.of_file(count)) == pages
    assert numbers.count_in(count) == len(pages)


@pytest.mark.parametrize("given", ["", "x", "3-1", "0", "0-4", "1,,2", "-", "1-2-3", "1.5", [], [0], "²"])
def test_what_can_mean_no_pages_is_refused(given: object) -> None:
    with pytest.raises(OptionError, match=r"pages is .*expected numbers and ranges from 1, such as 1-3,7,10-"):
        PageNumbers.of(given)  # type: ignore[arg-type]
