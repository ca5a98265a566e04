"""What ``ocrkit evaluate`` says of lines that are read with lists of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample
    from ocrkit.evaluation import Evaluation
    from ocrkit.evaluation.own_lexicons import OwnLexicons, Share
    from ocrkit.plugin.specs import DecoderOptions

__all__ = ["check_alone", "interval", "print_lists", "report_lists"]


def check_alone(decoder: str | None, options: DecoderOptions) -> None:
    """Refuse what lists of the lines' own would pass over."""
    from ocrkit.errors import OptionError

    if decoder is not None or options.asked:
        name = "decoder" if decoder is not None else min(options.asked)
        raise OptionError(f"--lexicons reads each line by its own list alone, without `{name}`; leave one of them out")


def print_lists(own: OwnLexicons) -> None:
    """The rates beside those of the likeliest entries, which are the evaluation's own."""
    size = f"{own.most}" if own.fewest == own.most else f"{own.fewest} to {own.most}"
    made = f" ({own.origin})" if own.origin else ""
    print(f"lists      of {size} words, from {own.source}{made}; read is each list's entry of the highest probability")
    print(f"nearest    {_rates(own.nearest)}: the entry nearest to the reading without a list")
    print(f"3 edits    {_rates(own.within_three)}: the likeliest entry within 3 edits of that, or that itself")
    print(f"no list    {_rates(own.greedy)}")


def interval(bounds: tuple[float, float]) -> str:
    """The bounds of a share."""
    return f"95 %: {bounds[0]:.4f} to {bounds[1]:.4f}"


def report_lists(result: Evaluation, lexicons: str | None, samples: Sequence[Sample]) -> None:
    """Say what is odd about the lists, or that there are some which were not read with."""
    from ocrkit.cli.progress import say

    if result.left_out:
        say(f"left out {result.left_out} of {len(samples)} lines, whose text is no plain word")
    own = result.lexicons
    if own is None:
        if lexicons is None and (names := sorted(samples[0].lexicons)):
            named = " or ".join(f"--lexicons {name}" for name in names)
            say(f"note: the data has lists of words for its lines, which {named} reads them with")
        return
    if own.lacking_truth:
        say(f"{own.lacking_truth} of {result.count} lines count as errors, since their list does not hold their text")
    if own.unspellable:
        words = "1 word" if own.unspellable == 1 else f"{own.unspellable} words"
        say(f"passed over {words} of the lists that the charset cannot spell")
    if own.unused:
        lists = "1 list is" if own.unused == 1 else f"{own.unused} lists are"
        say(f"note: {lists} for no line: {own.unused_name}{', …' if own.unused > 1 else ''}")


def _rates(share: Share) -> str:
    return f"exact {share.exact:.4f} ({interval(share.exact_interval)}), CER {share.cer:.4f}"
