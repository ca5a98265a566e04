"""Which decoder is measured beside which, on what, and what has to agree before the clock runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from peers import agreement, opponents, text_contests
from peers.measuring import Pace, PeerFailed, Result, Row, beside, measure_alone, words_of
from peers.reading import summing
from peers.symbols import Symbols
from peers.timing import race

from ocrkit.ctc import Lexicon, beam_search, greedy, lexicon_search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from peers.workloads import Workload

    from ocrkit.ctc import Decoded

BEAMS = (5, 10, 25, 100)
LEXICON_BEAMS = (10, 25, 100)
REJECT_BELOW = 5.0  # nats
BRUTE_FORCE_LINES = {50: 50, 1_000: 16, 100_000: 2}
Measure: TypeAlias = "Callable[[Pace], Result]"


@dataclass(frozen=True, slots=True)
class Contest:
    """A row of the table, before it is measured."""

    workload: str
    decoder: str
    peer: str
    measure: Measure

    def run(self, pace: Pace) -> Row:
        """The measured row; where an answer is wrong or the peer is missing, the row says so instead."""
        missing = pace.missing(self.peer)
        try:
            result = self.measure(pace)
        except AssertionError as error:
            result = Result(answers=f"WRONG: {error}", wrong=True)
        except PeerFailed as failure:
            result = Result(answers=str(failure))
        return Row(self.workload, self.decoder, self.peer + (f" {missing}" if missing else ""), result)


def contests(workload: Workload) -> Iterator[Contest]:
    """Every contest that a workload is for."""
    row = partial(Contest, workload.name)
    yield row("greedy", "NumPy arg-max + loop", partial(_greedy, workload, opponents.numpy_loop))
    yield row("greedy", "NumPy without a loop", partial(_greedy, workload, opponents.numpy_whole))
    yield row("greedy", "summing loop", partial(_reading, workload))
    yield row("greedy, 2 threads", "1 thread", partial(_threads, workload, greedy))
    yield row("summing loop, 2 threads", "1 thread", partial(_reading_threads, workload))
    peer = "flashlight-text" if workload.is_large else "fast-ctc-decode"
    for width in BEAMS:
        yield row(f"beam {width}", peer, partial(_beam, workload, width))
    yield row("beam 10, 2 threads", "1 thread", partial(_threads, workload, partial(beam_search, beam_width=10)))
    for size in workload.sizes:
        for width in LEXICON_BEAMS if size < 1_000_000 else (25,):
            name = f"flashlight-text, beam {width}"
            yield row(f"lexicon {size:,}", name, partial(_lexicon, workload, size, width))
        yield row(f"lexicon {size:,}, a word a call", "", partial(_latency, workload, size))
        if size == 1_000:
            yield row("lexicon 1,000, words not in it", "words in it", partial(_rejecting, workload))
            yield row("lexicon 1,000, 2 threads", "1 thread", partial(_lexicon_threads, workload, size))
    if workload.text is not None:
        for decoder, name, measure in text_contests.contests(workload):
            yield row(decoder, name, measure)


def _greedy(workload: Workload, opponent: Callable[..., Callable[[int], list[list[int]]]], pace: Pace) -> Result:
    decode = opponent(workload)
    decoded = greedy(workload.log_probs, workload.lengths, threads=1)
    assert [line[0].labels.tolist() for line in decoded] == decode(len(workload)), "not NumPy's labels"
    errors = agreement.character_errors(decoded.texts(workload.symbols), workload.texts)
    ours = partial(greedy, workload.log_probs, workload.lengths, threads=1)
    timed = race(ours, lambda: decode(len(workload)), rounds=pace.rounds, seconds=pace.seconds)
    characters = sum(map(len, workload.texts))
    return Result.of(timed, len(workload), f"equal; CER {errors / characters:.2%}")


def _reading(workload: Workload, pace: Pace) -> Result:
    ours = partial(greedy, workload.log_probs, workload.lengths, threads=1)
    timed = race(ours, summing(workload), rounds=pace.rounds, seconds=pace.seconds)
    bytes_read = int(workload.lengths.sum()) * len(workload.symbols) * 4
    return Result.of(timed, len(workload), f"the loop reads {bytes_read / timed.theirs / 1e9:.1f} GB/s")


def _reading_threads(workload: Workload, pace: Pace) -> Result:
    both = summing(workload, threads=2)
    timed = race(both, summing(workload), rounds=pace.rounds, seconds=pace.seconds)
    return Result.of(timed, len(workload), "")


def _threads(workload: Workload, decode: Callable[..., Decoded], pace: Pace) -> Result:
    one = partial(decode, workload.log_probs, workload.lengths, threads=1)
    two = partial(decode, workload.log_probs, workload.lengths, threads=2)
    _assert_same(one(), two())
    timed = race(two, one, rounds=pace.rounds, seconds=pace.seconds)
    return Result.of(timed, len(workload), "equal")


def _assert_same(one: Decoded, other: Decoded) -> None:
    assert np.array_equal(one.labels, other.labels), "labels depend on the number of threads"
    assert np.array_equal(one.scores, other.scores), "scores depend on the number of threads"


def _beam(workload: Workload, width: int, pace: Pace) -> Result:
    errors, wide = _errors(workload, width), _errors(workload, None)
    characters = sum(map(len, workload.texts))
    # Narrower beams than 10 may cost more; what they cost is shown.
    bound = wide + max(2, 0.0005 * characters)
    assert width < 10 or errors <= bound, (
        f"{errors} of {characters} characters, and {wide} by a beam of 100 without a cut"
    )
    answers = f"CER {errors / characters:.2%}, wide beam {wide / characters:.2%}"
    peer = "flashlight-text" if workload.is_large else "fast-ctc-decode"
    opponent = opponents.flashlight_beam if workload.is_large else opponents.fast_ctc_decode
    lines, decode = beside(peer, partial(opponent, beam_width=width), workload, pace)
    ours = partial(beam_search, lines.log_probs, lines.lengths, beam_width=width, threads=1)
    if decode is None:
        return measure_alone(ours, lines, pace, answers)
    read, other = ours().texts(lines.symbols), decode(len(lines))
    characters = sum(map(len, lines.texts))
    mine, theirs = (agreement.character_errors(texts, lines.texts) / characters for texts in (read, other))
    answers += f"; peer {theirs:.2%}, where ocrkit has {mine:.2%}, {agreement.share_equal(read, other):.0%} equal"
    return _timed(ours, decode, lines, pace, answers)


@lru_cache(maxsize=8)
def _errors(workload: Workload, width: int | None) -> int:
    """Characters that a beam reads wrongly on all lines; without a width, a beam of 100 that leaves out no label."""
    cut = 1e-3 if width else 1e-6 if workload.is_large else 0.0
    decoded = beam_search(workload.log_probs, workload.lengths, beam_width=width or 100, token_cut=cut)
    return agreement.character_errors(decoded.texts(workload.symbols), workload.texts)


def _timed(
    ours: Callable[[], object], decode: Callable[[int], object], lines: Workload, pace: Pace, answers: str
) -> Result:
    timed = race(ours, lambda: decode(len(lines)), rounds=pace.rounds, seconds=pace.seconds)
    return Result.of(timed, len(lines), answers)


def _lexicon(workload: Workload, size: int, width: int, pace: Pace) -> Result:
    inside, words = words_of(workload, size)
    search = partial(lexicon_search, lexicon=_checked(workload, size), threads=1)
    opponent = partial(opponents.flashlight_lexicon, words=words, beam_width=width)
    lines, decode = beside("flashlight-text", opponent, inside, pace)
    read = search(lines.log_probs, lines.lengths).texts(lines.symbols)
    answers = f"proved; WER {_wrong(read, lines):.1%}"
    ours = partial(search, lines.log_probs, lines.lengths)
    if decode is None:
        return measure_alone(ours, lines, pace, answers)
    other = decode(len(lines))
    answers += f", peer {_wrong(other, lines):.1%}, {agreement.share_equal(read, other):.0%} equal"
    return _timed(ours, decode, lines, pace, answers)


def _wrong(read: list[str], lines: Workload) -> float:
    return 1.0 - agreement.share_equal(read, lines.texts)


@lru_cache(maxsize=1)
def _checked(workload: Workload, size: int) -> Lexicon:
    """A workload's lexicon, with which every line is proved, and a sample has the scores that brute force finds."""
    lines, words = words_of(workload, size)
    lexicon = Lexicon.from_words(words, Symbols(lines.symbols))
    decoded = lexicon_search(lines.log_probs, lines.lengths, lexicon=lexicon)
    assert decoded.proved.all(), f"{(~decoded.proved).sum()} of {len(lines)} lines are not proved"
    sample = BRUTE_FORCE_LINES.get(size, 0)
    spelled = [lines.spelled(word) for word in words] if sample else []
    for line, score in zip(lines.lines()[:sample], decoded.acoustic_scores, strict=False):
        best = agreement.best_of_all(line, spelled)
        assert abs(best - score) <= max(1e-4, 1e-6 * abs(best)), f"score {score}, and brute force finds {best}"
    return lexicon


def _latency(workload: Workload, size: int, pace: Pace) -> Result:
    lines, _ = words_of(workload, size)
    search = partial(lexicon_search, lexicon=_checked(workload, size), threads=1)
    calls = [partial(search, line) for line in lines.lines()[: pace.lines]]
    spent = [1e6 * pace.clock(call) for call in calls for _ in range(3)]
    # The least of three calls: what the search takes, not what else the machine did.
    least = np.array(spent).reshape(-1, 3).min(axis=1)
    median, late = np.percentile(least, [50, 99])
    answers = f"median {median:.0f} us, 99 % within {late:.0f} us, at most {least.max():.0f} us"
    return Result(ours=len(least) / (1e-6 * float(least.sum())), answers=answers)


def _rejecting(workload: Workload, pace: Pace) -> Result:
    inside, words = words_of(workload, 1_000)
    known = set(words)
    outside = workload.only([number for number, text in enumerate(workload.texts) if text not in known])
    count = min(len(inside), len(outside))
    if count == 0:
        return Result(answers="every line's word is in the lexicon")
    search = partial(lexicon_search, lexicon=_checked(workload, 1_000), reject_below=REJECT_BELOW, threads=1)
    rejected = search(outside.log_probs, outside.lengths)
    assert rejected.proved.all(), "not proved"
    share = np.mean(np.diff(rejected.line_offsets) == 0)
    found = np.mean(np.diff(search(inside.log_probs, inside.lengths).line_offsets))
    ours = partial(search, outside.log_probs[:count], outside.lengths[:count])
    theirs = partial(search, inside.log_probs[:count], inside.lengths[:count])
    timed = race(ours, theirs, rounds=pace.rounds, seconds=pace.seconds)
    answers = f"reject_below={REJECT_BELOW:g}: {share:.0%} rejected, of words in it {1 - found:.0%}"
    return Result.of(timed, count, answers)


def _lexicon_threads(workload: Workload, size: int, pace: Pace) -> Result:
    lines, _ = words_of(workload, size)
    return _threads(lines, partial(lexicon_search, lexicon=_checked(workload, size)), pace)
