"""Make `wordlists/english.txt`, `archaic.txt` and `blocked.txt` from SCOWL and the public-domain texts.

    python bench/make_dictionary.py PACKAGES -o wordlists

PACKAGES is the folder of unpacked packages that `bench/texts.py` describes, with Debian's `scowl` (2020.12.07-2) in
PACKAGES/scowl. The same packages give the same bytes.

What becomes a word
- SCOWL's words, capitalised words, names and contractions, British and American, with their spelling variants, of the
  sizes 10 to 70; of size 80 (word-game lists) those that the texts use, and those of seven letters or more, which no
  slip of the OCR turns an everyday word into.
- Not: abbreviations in lower case (`aud`, `hor`, `fo`: most are what OCR makes of everyday words), roman numerals,
  computer jargon, and possessives (`dog's`: the caller takes `'s` off).

What is blocked
- A word of SCOWL that is so rare, and so near to a frequent word, that on an OCR page it is more likely that word
  misread: `bis` (his), `tor` (for), `wo` (we). See `blocked_words`.

What is archaic
- A word in lower case that SCOWL lacks and that at least two of the period texts use, or one of them often.
- The old persons of every common verb: `believeth`, `believest`.
- The Scots negatives of novels and ballads: `didna`, `winna`, and what else their people say: `warn't`, `p'raps`.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from texts import SOURCES

CATEGORIES_RE = re.compile(
    r"(?:english|american|british|british_z|british_variant_[12]|variant_[123])-"
    r"(?:words|upper|proper-names|contractions)\.(\d\d)"
)
ABBREVIATIONS_RE = re.compile(r"(?:english|american|british)-abbreviations\.(?:10|20|35|40|50|55)")
LARGEST_SIZE = 70
GAME_SIZE = 80
GAME_MIN_LETTERS = 7
SAFE_SIZE = 40
"""Words of this size and smaller are never blocked: everybody knows them."""

WORD_RE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

SLIP_RATE = 1e-3
"""How often one glyph becomes a given other one on a bad page: characters of the development corpora."""
BLOCK_ODDS = {LARGEST_SIZE: 5.0, GAME_SIZE: 0.5}
"""How many times more likely the misread word must be before a word of that size is blocked."""

SCOTS = frozenset(
    "can could dare did do does had has hae is maun may might must need shall should was were will would win".split()
)
"""Auxiliaries that Scots negates with *-na*: `canna`, `wouldna`, `winna`."""

ELIDED = frozenset(
    "b'long c'n cur'us d'you darn't dasn't diff'rent gen'l'man gen'leman ha'n't hain't int'rest kin'ly lo'esome more'n "
    "oi'll on'y orn'ry p'raps partic'lar prob'ly reg'lar s'pose s'posed sha'n't wa'n't wan't warn't ye're".split()
)
"""What the people of novels make of common words, with an apostrophe inside that tells that it is meant."""

ABBREVIATIONS = frozenset(
    "Adjt Admr Ald Bdr Benj Bro Cambs Cols Comdr Cpl Danl Dept Dvr Eds Edwd Fredk Gnr Gov Govt Hants Herts Ibid Jas "
    "Jno Ky Lancs Lieut Lieuts Lincs Messrs Mgr Mlle Mme Mmes NSW Northants Nos Notts Pte Ptes Pty Qld Regt "
    "Revd Saml Secy Sergt Spr Tenn Thos Tpr Univ Vol Vols Vt "
    "cwt dept doz dwt eds ibid inst lbs nos ozs prox regt ult vol vols".split()
)
"""What books and newspapers of two centuries abbreviate and no list of SCOWL has: titles, ranks, counties, weights."""

MISREAD = {"flie": "the", "ibat": "that"}
"""Forms of the period texts that are blocked too: what an OCR engine makes of two words that every line may have."""

GLYPHS = """
a:o a:e a:s a:u a:n b:h b:l b:o c:e c:o c:t d:cl d:a e:o e:s f:t f:l f:s g:q g:y
h:li h:b h:ii h:k h:n i:l i:t i:j i:r k:h k:lc l:t m:rn m:nr m:in m:ni m:iu n:u n:ii
n:ri n:r n:v o:u p:n r:v r:t r:x s:g s:z t:c t:r t:f u:ii u:v u:li v:y w:vv w:iv w:v
w:m nd:ud ll:U ri:n tl:d y:v z:x y:j
"""
"""Glyphs that look alike in book types and are taken for each other, both ways."""


def slips(word: str) -> Iterator[str]:
    """Yield the words that one OCR slip may have made *word* from.

    >>> "his" in set(slips("bis")), "and" in set(slips("arid")), "modern" in set(slips("modem"))
    (True, True, True)
    """
    for pair in GLYPHS.split():
        one, two = pair.split(":")
        for seen, meant in ((one, two), (two, one)):
            start = word.find(seen)
            while start >= 0:
                yield word[:start] + meant + word[start + len(seen) :]
                start = word.find(seen, start + 1)


def scowl_words(folder: Path) -> dict[str, int]:
    """Return every wanted word of SCOWL with the smallest size that has it."""
    sizes: dict[str, int] = {}
    for path in sorted((folder / "usr/share/dict/scowl").iterdir()):
        match = CATEGORIES_RE.fullmatch(path.name)
        if not match and not ABBREVIATIONS_RE.fullmatch(path.name):
            continue
        size = int(match[1]) if match else 50
        if size > GAME_SIZE or (size > LARGEST_SIZE and "proper-names" in path.name):
            continue
        for word in path.read_text(encoding="utf-8").split():
            if word.endswith("'s") or len(word) < 2 or (not match and word[0].islower()):
                continue
            sizes[word] = min(size, sizes.get(word, size))
    return sizes


def count_words(packages: Path) -> dict[str, Counter[str]]:
    """Return how often each source writes each word, as it is written, with plain apostrophes."""
    counts = {}
    for source in SOURCES:
        counts[source.folder] = Counter(
            word.replace("’", "'") for part in source.read(packages / source.folder) for word in WORD_RE.findall(part)
        )
    return counts


def blocked_words(sizes: Mapping[str, int], lower: Mapping[str, int], total: int) -> dict[str, str]:
    """Return the words that are more likely a misread frequent word, each with that word.

    A word *w* is blocked when `SLIP_RATE * p(v)` exceeds `odds * p(w)` for a word *v* one slip away: a page that shows
    *w* then shows *v* misread more often than *w* itself. Unseen words count one half.
    """
    blocked = {}
    for word, size in sizes.items():
        if size <= SAFE_SIZE or not word.islower():
            continue
        odds = BLOCK_ODDS[GAME_SIZE if size > LARGEST_SIZE else LARGEST_SIZE]
        here = (lower.get(word, 0) + 0.5) / total
        near = [(lower.get(other, 0) / total, other) for other in slips(word) if sizes.get(other, 99) <= SAFE_SIZE]
        there, other = max(near, default=(0.0, ""))
        if SLIP_RATE * there > odds * here:
            blocked[word] = other
    return blocked


def archaic_words(sizes: Mapping[str, int], counts: Mapping[str, Counter[str]]) -> list[str]:
    """Return the lower-case words of the period texts that SCOWL lacks and that are no accident."""
    known = {word.lower() for word in sizes}
    period = [counts[source.folder] for source in SOURCES if source.period]
    names = Counter[str]()
    for words in period:
        names.update({word.lower(): count for word, count in words.items() if word[0].isupper()})
    found = Counter[str]()
    places = Counter[str]()
    for words in period:
        for word, count in words.items():
            if word.islower() and word not in known and len(word) > 2:
                found[word] += count
                places[word] += 1
    return sorted(
        word
        for word, count in found.items()
        if (count >= 8 or (count >= 3 and places[word] >= 2)) and count > names[word] and wanted_archaic(word, known)
    )


def verb_persons(sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield the old second and third person of the common verbs: those with forms in -s, -ed and -ing.

    >>> list(verb_persons({word: 10 for word in ("love", "loves", "loved", "loving", "dove", "doves")}))
    ['lovest', 'loveth']
    """
    for word, size in sizes.items():
        stem = word.removesuffix("e")
        if size > 50 or not word.islower() or len(stem) < 3:
            continue
        if all(form in sizes for form in (f"{stem}ing", f"{stem}ed")) and (f"{word}s" in sizes or f"{word}es" in sizes):
            yield from (form for form in (f"{stem}est", f"{stem}eth") if form not in sizes)


def scots_negatives(sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield the Scots negatives that SCOWL lacks.

    >>> "winna" in set(scots_negatives({}))
    True
    """
    yield from (f"{word}na" for word in sorted(SCOTS) if f"{word}na" not in sizes)


def wanted_archaic(word: str, known: set[str]) -> bool:
    """Tell whether *word* is one word of its own: no possessive, no compound of known words."""
    if word.endswith("'s"):
        return False
    return "-" not in word or word.split("-")[0] == "to"


def write_list(path: Path, lines: Iterable[str]) -> None:
    """Write *lines* sorted, so that the same words give the same bytes."""
    path.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="utf-8")


def main() -> None:
    """Make the three lists."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", type=Path, metavar="PACKAGES")
    parser.add_argument("-o", dest="folder", type=Path, default=Path("wordlists"))
    args = parser.parse_args()
    sizes = scowl_words(args.packages / "scowl")
    counts = count_words(args.packages)
    lower: Counter[str] = Counter()
    for words in counts.values():
        for word, count in words.items():
            lower[word.lower()] += count
    sizes = {
        word: size
        for word, size in sizes.items()
        if size <= LARGEST_SIZE or len(word) >= GAME_MIN_LETTERS or lower[word.lower()]
    }
    blocked = blocked_words(sizes, lower, lower.total()) | MISREAD
    write_list(args.folder / "english.txt", sizes.keys() - blocked.keys() | ABBREVIATIONS)
    write_list(args.folder / "blocked.txt", (f"{word}\t{meant}" for word, meant in blocked.items()))
    archaic = {*archaic_words(sizes, counts), *verb_persons(sizes), *scots_negatives(sizes), *(ELIDED - sizes.keys())}
    write_list(args.folder / "archaic.txt", archaic - MISREAD.keys())


if __name__ == "__main__":
    main()
