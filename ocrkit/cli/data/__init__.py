"""``ocrkit data``: one thin module a command; ``group`` puts them together."""

from ocrkit.cli.data.group import app

__all__ = ["app"]
