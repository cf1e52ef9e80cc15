"""The command as a process of its own: ``ocr-clean`` and ``python -m ocr_clean``."""

import gc
import sys

from ocr_clean.cli import main


def run() -> int:
    """Run the command line once, in a process that ends after it."""
    code = main()
    gc.freeze()  # what a book leaves behind need not be searched for cycles on the way out: that takes half a second
    return code


if __name__ == "__main__":
    sys.exit(run())
