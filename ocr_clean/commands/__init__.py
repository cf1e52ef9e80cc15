"""The commands of `ocr-clean`: one file each, thin over the library."""
