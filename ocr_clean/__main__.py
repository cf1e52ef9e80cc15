"""``python -m ocr_clean``."""

import sys

from ocr_clean.cli import main

if __name__ == "__main__":
    sys.exit(main())
