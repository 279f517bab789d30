"""Archives that are uploaded: `tar.gz`, read through once within bounds. Nothing is unpacked or kept."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from mockserver.redaction import cut

if TYPE_CHECKING:
    import tarfile  # read by the first upload: a server without any needs neither it nor gzip

MOST, ENTRIES, EXTENDED = 64 * 1024**2, 10_000, 256 * 1024
"""Bytes that an archive may unpack into, entries that it may have, and bytes that all headers of its
longer names and other attributes may have (decision)."""
EXTENSIONS = frozenset({b"x", b"g", b"X", b"L", b"K"})
"""Types of the headers that hold longer names and other attributes (pax, Solaris, GNU)."""
ENDS = 3
"""How often the end may be read: the library would do so as often as a header wants it to."""
PATH = 4096
"""Letters of the longest name that systems take (Linux: PATH_MAX)."""
LONG = 80
"""Letters of a name beyond PATH that a message repeats."""
UNREADABLE = "it is no tar inside gzip, or it ends early"


class Unfit(ValueError):
    """An archive that is none, or none that may be unpacked; the message is a fact."""


class _Unpacked:
    """The tar inside a `tar.gz`, as far as the bound."""

    def __init__(self, content: bytes) -> None:
        from gzip import GzipFile

        self._inside, self._left, self._ends = GzipFile(fileobj=BytesIO(content)), MOST, ENDS

    def read(self, size: int) -> bytes:
        part = self._inside.read(min(size, self._left + 1))
        self._left, self._ends = self._left - len(part), self._ends - (not part)
        if self._left < 0:
            raise Unfit(f"it unpacks into more than {MOST // 1024**2} MB")
        if self._ends < 0:
            raise Unfit(UNREADABLE)
        return part


def check(content: bytes) -> None:
    """Raises Unfit where a `tar.gz` cannot be read to its end, holds no file, is beyond the bounds,
    or has an entry that would be written outside its folder, be it over a link.
    """
    import tarfile

    unpacked: Any = _Unpacked(content)
    try:
        files = 0
        with tarfile.open(fileobj=unpacked, mode="r|", tarinfo=_bounded()) as archive:
            for entry in archive:
                _check(entry)
                files += entry.isreg()
            _check_links(archive.getmembers())
            rest: Any = archive.fileobj
            while part := rest.read(1024**2):  # to the checksum behind it
                if part.strip(b"\0"):  # the library takes a header that is none for the end
                    raise Unfit(UNREADABLE)
    except Unfit:
        raise
    except Exception:  # whatever a parser makes of bytes from outside: they are no tar.gz
        raise Unfit(UNREADABLE) from None
    if not files:
        raise Unfit("it holds no file")


def _bounded() -> type[tarfile.TarInfo]:
    """What reads the headers of one archive: it counts them before the library takes in what they say
    that is behind them."""
    import tarfile

    entries = extended = 0

    class Bounded(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: Any, encoding: Any, errors: Any) -> Any:
            nonlocal entries, extended
            entry = super().frombuf(buf, encoding, errors)
            entries += 1
            extended += entry.size if entry.type in EXTENSIONS else 0
            if entries > ENTRIES:
                raise Unfit(f"it has more than {ENTRIES:,} entries")
            if extended > EXTENDED:
                raise Unfit(f"its headers have more than {EXTENDED // 1024} kB")
            return entry

    return Bounded


def _check(entry: tarfile.TarInfo) -> None:
    told = repr(entry.name if len(entry.name) <= PATH else cut(entry.name, LONG))
    if not (entry.isreg() or entry.isdir() or entry.issym() or entry.islnk()):
        raise Unfit(f"its entry {told} is neither a file, a folder nor a link")
    if entry.size < 0:
        raise Unfit(UNREADABLE)
    if max(len(entry.name), len(entry.linkname)) > PATH:
        raise Unfit(f"its entry {told} has a name of more than {PATH:,} letters")
    if not entry.name or (posixpath.normpath(entry.name) == "." and not entry.isdir()):
        raise Unfit(f"its entry {told} has no name")
    if _leaves(entry.name):
        raise Unfit(f"its entry {told} is outside its folder")
    if entry.issym() or entry.islnk():
        beside = posixpath.dirname(entry.name) if entry.issym() else ""
        if _leaves(posixpath.join(beside, entry.linkname)):
            raise Unfit(f"its link {told} leads outside its folder")


def _leaves(path: str) -> bool:
    """Whether a path leads out of the folder in which it is looked up."""
    return posixpath.isabs(path) or posixpath.normpath(path).split("/")[0] == ".."


def _check_links(entries: Sequence[tarfile.TarInfo]) -> None:
    """No entry is below a link, whichever comes first, and no link leads on over another and up from
    there: each would be elsewhere than its name says. Nor is a link copied by a hard one.
    """
    links = {posixpath.normpath(entry.name) for entry in entries if entry.issym()}
    for entry in entries if links else ():
        if over := next((way for way in _ways(entry.name)[:-1] if way in links), None):
            raise Unfit(f"its entry {entry.name!r} is below its link {over!r}")
        if not (entry.issym() or entry.islnk()):
            continue
        target = entry.linkname
        if entry.issym():  # as far as it goes up from
            target = posixpath.join(posixpath.dirname(entry.name), target, "")
            target = target.rpartition("/../")[0]
        if over := next((way for way in _ways(target) if way in links), None):
            raise Unfit(f"its link {entry.name!r} leads over its link {over!r}")


def _ways(path: str) -> list[str]:
    """The folders that a path goes through, as their names are, and where it leads itself."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return [posixpath.normpath(way) for way in accumulate(parts, posixpath.join)]
