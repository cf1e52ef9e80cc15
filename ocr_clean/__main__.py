"""``python -m ocr_clean``."""

from ocr_clean.cli import main

if __name__ == "__main__":
    main()
