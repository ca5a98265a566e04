from __future__ import annotations

import numpy as np
import pytest
import torch

from ocrkit.nets.draws import LineDraws

CPU = torch.device("cpu")


def draws(
    lines: list[int], *, name: str = "blur", seed: int = 1, epoch: int = 2, size: tuple[int, int] = (8, 30)
) -> LineDraws:
    return LineDraws.of(
        name, np.array(lines), seed=seed, epoch=epoch, shape=torch.Size((len(lines), 1, *size)), device=CPU
    )


def test_a_lines_numbers_are_its_own_in_any_batch() -> None:
    first, second = draws([4, 9, 700_000]), draws([700_000, 4])

    assert torch.equal(first.uniform(5)[[2, 0]], second.uniform(5))
    assert torch.equal(first.uniform(3)[[2, 0]], second.uniform(3))
    assert torch.equal(first.noise()[[2, 0]], second.noise())


def test_numbers_follow_each_other() -> None:
    one, other = draws([3]), draws([3])

    assert torch.equal(one.uniform(5), torch.cat((other.uniform(2), other.uniform(3)), 1))


@pytest.mark.parametrize("other", [{"seed": 3}, {"epoch": 3}, {"name": "grain"}])
def test_seed_epoch_and_degradation_give_other_numbers(other: dict[str, int]) -> None:
    assert not torch.equal(draws([3]).uniform(4), draws([3], **other).uniform(4))  # type: ignore[arg-type]
    assert not torch.equal(draws([3]).noise(), draws([3], **other).noise())  # type: ignore[arg-type]


def test_numbers_are_even_from_0_to_1_and_apart() -> None:
    numbers = draws(list(range(5000))).uniform(4).numpy()

    assert 0 <= numbers.min() < 0.001
    assert 0.999 < numbers.max() < 1
    np.testing.assert_allclose(np.histogram(numbers, 10, (0, 1))[0] / numbers.size, 0.1, atol=0.01)
    assert np.abs(np.corrcoef(numbers.T) - np.eye(4)).max() < 0.05
    assert abs(np.corrcoef(numbers[1:, 0], numbers[:-1, 0])[0, 1]) < 0.05


def test_pixels_have_a_mean_of_0_a_deviation_of_1_and_nothing_in_common() -> None:
    noise = draws([1, 2, 3], size=(40, 600)).noise().numpy()[:, 0]

    assert abs(noise.mean()) < 0.02
    assert noise.std() == pytest.approx(1, abs=0.02)
    for one, other in ((noise[0], noise[1]), (noise[:, 1:], noise[:, :-1]), (noise[:, :, 1:], noise[:, :, :-1])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.03


def test_a_pixels_number_is_that_of_the_cited_mixer() -> None:
    line = draws([6], size=(3, 5))
    key = int(line.keys[0]) >> 32

    def number(y: int, x: int) -> float:
        bits = ((y << 16) + x + key) % 2**32
        bits = (bits ^ bits >> 16) * 0x7FEB352D % 2**32
        bits = (bits ^ bits >> 15) * 0x846CA68B % 2**32
        bits ^= bits >> 16
        return ((bits & 0xFFFF) + (bits >> 16) - 65535) / (65536 / 6**0.5)

    expected = [[number(y, x) for x in range(5)] for y in range(3)]
    np.testing.assert_allclose(line.noise()[0, 0].numpy(), expected, rtol=1e-5, atol=1e-5)


def test_a_pixels_number_does_not_depend_on_the_width_of_its_batch() -> None:
    assert torch.equal(draws([6], size=(8, 30)).noise()[..., :11], draws([6], size=(8, 11)).noise())
