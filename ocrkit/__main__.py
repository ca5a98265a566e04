"""``python -m ocrkit`` is ``ocrkit``."""

from __future__ import annotations

from ocrkit.cli.app import main

if __name__ == "__main__":
    main()
