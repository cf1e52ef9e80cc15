"""Wears a clean page image down to what an old, hurried scan looks like.

Every effect takes a page as a grey array (0 black to 255 white, 300 pixels an inch) and the random generator of
that page, so that the same seed gives the same page. Strengths are the ``[scan]`` settings of a source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Grey = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Scan:
    """How a page was scanned; the defaults are a fair modern scan."""

    blur: float = 0.8
    """Standard deviation of the optics in pixels."""
    threshold: float = 152.0
    """Grey below which a pixel becomes ink; higher thickens the letters, lower breaks them."""
    unevenness: float = 10.0
    """Swing of the threshold over the page, in grey levels: ink faint here and clogged there."""
    flips: float = 0.2
    """Share of the pixels at letter edges that turn over."""
    skew: float = 0.0
    """Rotation of the page in degrees."""
    gutter: float = 0.0
    """Darkening at the inner edge, in grey levels."""
    specks: int = 0
    """Dots of dust on the page."""
    dirt: float = 0.0
    """Grime in the outer margin, 0 none to 1 filled."""
    stamp: bool = False
    """A library's oval stamp across the text."""
    through: float = 0.0
    """Ink of the next page seen through the paper, 0 none to 1 black."""


def wear(page: Image.Image, behind: Image.Image, scan: Scan, verso: bool, rng: Random) -> Image.Image:
    """Return *page* as a worn 1-bit scan; *behind* is the page printed on the back of the leaf."""
    if scan.stamp:
        page = stamped(page, rng)
    page = page.filter(ImageFilter.GaussianBlur(scan.blur))
    if scan.skew:
        angle = scan.skew * float(rng.uniform(0.6, 1.0)) * (1 if verso else -1)
        page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    grey = np.asarray(page, dtype=np.float32)
    grey = shown_through(grey, behind, scan.through)
    grey = shadowed(grey, scan.gutter, verso)
    ink = grey < scan.threshold + uneven(grey.shape, scan.unevenness, rng)
    ink = flipped(ink, scan.flips, rng)
    ink |= specks(ink.shape, scan.specks, rng)
    ink |= margin_dirt(ink.shape, scan.dirt, verso, rng)
    return Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)


def uneven(shape: tuple[int, ...], swing: float, rng: Random) -> Grey:
    """A smooth field of about -*swing* to +*swing*, with hills some 200 pixels wide."""
    coarse = rng.normal(0, 0.5, (shape[0] // 200 + 2, shape[1] // 200 + 2)).astype(np.float32)
    field = Image.fromarray(coarse).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(field, dtype=np.float32) * swing


def shown_through(grey: Grey, behind: Image.Image, strength: float) -> Grey:
    """Darken the page by a soft mirror image of the page on its back."""
    if not strength:
        return grey
    mirror = behind.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2.5))
    return grey - strength * (255 - np.asarray(mirror, dtype=np.float32))


def shadowed(grey: Grey, depth: float, verso: bool) -> Grey:
    """Darken the tenth of the page next to the binding (right on a verso, left on a recto)."""
    ramp: Grey = np.clip(1 - np.arange(grey.shape[1], dtype=np.float32) / (0.1 * grey.shape[1]), 0, 1)
    return grey - depth * (ramp[::-1] if verso else ramp)


def flipped(ink: NDArray[np.bool_], share: float, rng: Random) -> NDArray[np.bool_]:
    """Turn over a share of the pixels that lie on the edge of a letter."""
    edge = np.zeros_like(ink)
    for axis in (0, 1):
        for step in (1, -1):
            edge |= ink != np.roll(ink, step, axis)
    return ink ^ (edge & (rng.random(ink.shape) < share))


def specks(shape: tuple[int, ...], count: int, rng: Random) -> NDArray[np.bool_]:
    """*count* dots of 2 to 5 pixels anywhere on the page."""
    sheet = Image.new("1", (shape[1], shape[0]))
    draw = ImageDraw.Draw(sheet)
    for _ in range(count):
        x, y, size = rng.integers(0, shape[1]), rng.integers(0, shape[0]), rng.integers(2, 6)
        draw.ellipse((int(x), int(y), int(x + size), int(y + size)), fill=1)
    return np.array(sheet, dtype=np.bool_)


def margin_dirt(shape: tuple[int, ...], amount: float, verso: bool, rng: Random) -> NDArray[np.bool_]:
    """Short strokes and blots down the outer margin, in patches, some touching the text."""
    sheet = Image.new("1", (shape[1], shape[0]))
    if not amount:
        return np.array(sheet, dtype=np.bool_)
    draw = ImageDraw.Draw(sheet)
    width = 0.105 * shape[1]
    patches = rng.uniform(0.05, 0.95, 9) * shape[0]
    for _ in range(int(amount * 420)):
        y = float(rng.normal(rng.choice(patches), 90))
        x = float(rng.uniform(0, width)) if verso else shape[1] - float(rng.uniform(0, width))
        dx, dy = rng.normal(0, 9, 2)
        draw.line((x, y, x + float(dx), y + float(dy)), fill=1, width=int(rng.integers(2, 6)))
    return np.array(sheet, dtype=np.bool_)


def stamped(page: Image.Image, rng: Random) -> Image.Image:
    """Press an oval ring with rows of half-inked strokes somewhere on the lower half of the page."""
    mask = Image.new("L", page.size, 255)
    draw = ImageDraw.Draw(mask)
    wide, high = page.width * 0.34, page.height * 0.12
    left = float(rng.uniform(0.12, 0.5)) * page.width
    top = float(rng.uniform(0.5, 0.7)) * page.height
    for inset in (0, 22):
        draw.ellipse((left + inset, top + inset, left + wide - inset, top + high - inset), outline=128, width=4)
    for step in range(14):
        x = left + wide * (0.2 + step * 0.045)
        draw.line((x, top + high * 0.42, x + 6, top + high * 0.58), fill=132, width=5)
    mask = mask.rotate(float(rng.uniform(-15, 15)), fillcolor=255, center=(left + wide / 2, top + high / 2))
    return ImageChops.multiply(page, mask)
