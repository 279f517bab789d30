"""What goes on beside a server: its world is kept in a file, or made anew when its fixture changes."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.cli.common import Unusable
from mockserver.digits import counted
from mockserver.escaping import escaped

if TYPE_CHECKING:
    from mockserver.pipeline.server import Server
    from mockserver.world.universe import Universe

log = logging.getLogger("mockserver")

GONE = 3
"""Looks in vain until a file that is watched is told to be gone."""
EVERY = 0.2
"""Seconds between two looks; longer where a look takes long."""
SELDOM = 1.0
"""Seconds between two looks of which each takes a tenth of this, or more."""


def write_whole(path: Path, document: Any) -> None:
    """A JSON file in place of the old one: whoever reads it sees the one or the other, whole.

    Raises OSError; then the old one stands.
    """
    path = path.resolve()  # a link stays one
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """No other process keeps its world in the file until the block ends, or this process does.

    The system forgets the lock with its process, however that ends: a lock file that is left over stops
    nobody. Raises Unusable where another has it, or where no file can be made beside it.
    """
    path = path.resolve()
    beside = path.with_name(f".{path.name}.lock")
    try:
        while not (file := _locked(beside)):
            pass  # whoever had it has just removed it
    except BlockingIOError:
        raise Unusable(
            escaped(
                f"another `mockserver serve --state` keeps its data in {path}: stop it first, or give this one "
                "another file"
            )
        ) from None
    except OSError as error:
        reason = error.strerror or error
        raise Unusable(f"cannot write {escaped(str(path))}: {reason}") from None
    try:
        yield
    finally:
        if sys.platform == "win32":
            os.close(file)
        with suppress(OSError):
            beside.unlink()
        if sys.platform != "win32":
            os.close(file)  # last: who waits for it sees that it is gone


def _locked(path: Path) -> int | None:
    """The descriptor of a file that is locked; None where it is there no more. Raises BlockingIOError
    where another has it, OSError where it cannot be made.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(file)
        there = os.stat(path)
    except FileNotFoundError:
        os.close(file)
        return None
    except OSError:
        os.close(file)
        raise
    if (there.st_dev, there.st_ino) != (os.fstat(file).st_dev, os.fstat(file).st_ino):
        os.close(file)
        return None
    return file


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError from None
    else:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError as error:  # a file system that knows no locks
            log.warning("the file of --state is not locked: %s", error.strerror or error)


@contextmanager
def kept(universe: Universe, path: Path, every: float = EVERY) -> Iterator[None]:
    """A world in a file, as a fixture: at once, soon after each change, and at the end.

    Raises Unusable where it cannot be written at the beginning or at the end; what fails in between is
    logged and tried again.
    """
    written: list[object] = [None]

    def keep() -> None:
        state = universe.state
        if state is not written[0]:
            try:
                write_whole(path, universe.dump(state))
            except OSError as error:
                reason = error.strerror or error
                raise Unusable(f"cannot write {escaped(str(path))}: {reason}") from None
            written[0] = state

    def try_to() -> None:
        try:
            keep()
        except Unusable as error:
            log.error("%s", error)

    keep()
    with _beside("mockserver-state", try_to, every):
        yield
    keep()


@contextmanager
def watched(server: Server, universe: Universe, path: Path, every: float = EVERY) -> Iterator[None]:
    """A world that begins anew whenever its fixture's file has changed; one that is wrong is told and
    changes nothing.
    """
    from mockserver.contract.fixtures import UnfitFixture
    from mockserver.world.seeding import BadFixture

    seen, gone = [_stamp(path)], [0]
    name = escaped(str(path))

    def look() -> None:
        now = _stamp(path)
        gone[0] = gone[0] + 1 if now is None else 0
        if gone[0] == GONE:  # an editor that puts a new file in its place is done sooner
            log.warning("%s is gone: the world stays as it is until there is one again", name)
        if now in (None, seen[0]):
            return
        seen[0] = now
        try:
            universe.begin(server.first(universe, path))
        except (UnfitFixture, BadFixture) as error:
            told = counted(len(error.faults), "fault")
            log.error("%s has changed and is not taken: %s", name, told)
            for pointer, detail in error.faults:
                log.error("  %s: %s", escaped(pointer) or "/", escaped(detail))
        except (OSError, ValueError) as error:
            log.error("%s has changed and is not taken: %s", name, escaped(str(error)))
        else:
            log.info("%s has changed: the world begins anew", name)

    with _beside("mockserver-watch", look, every):
        yield


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes with a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextmanager
def _beside(name: str, call: Callable[[], None], every: float) -> Iterator[None]:
    """A thread that calls again and again until the block ends."""
    over = threading.Event()

    def again() -> None:
        took = 0.0
        while not over.wait(pause(took, every)):
            began = time.monotonic()
            call()
            took = time.monotonic() - began

    thread = threading.Thread(target=again, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def pause(took: float, every: float = EVERY) -> float:
    """Seconds to the next look after one of that length: looks take a tenth of the time, those that cannot
    in a second take more, and half of it at the most.
    """
    return max(every, min(10 * took, SELDOM), took)
