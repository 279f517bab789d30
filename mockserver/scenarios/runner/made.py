"""What a run has made on the server, and must remove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.judge.documents import Resource, same


class Made:
    """Records that a run has made; iterated, those to be removed, the youngest first."""

    def __init__(self) -> None:
        self._records: list[Resource] = []
        self._kept: list[Resource] = []
        self._homes: dict[tuple[str, str], Mapping[str, str]] = {}
        self._removed: set[tuple[str, str]] = set()

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._records[::-1])

    def __len__(self) -> int:
        return len(self._records)

    def keep(self, youngest: int) -> None:
        """So many of the youngest records are needed until the end of the run."""
        at = len(self._records) - youngest
        self._records, self._kept = self._records[:at], self._records[at:]

    def keep_nothing(self) -> None:
        """What was kept is to be removed too."""
        self._records, self._kept = [*self._kept, *self._records], []

    def home(self, record: Resource) -> Mapping[str, str]:
        """The path parameters that lead to where a record was made, or found."""
        return self._homes.get((record["type"], record["id"]), {})

    def at(self, record: Resource, path: Mapping[str, str]) -> None:
        """Where a record stands that others have made, and that is not removed."""
        self._homes[record["type"], record["id"]] = path

    def adopt(self, type: str, resource: Resource, path: Mapping[str, str]) -> None:
        """A record that is to be removed; `path` leads to where it was made."""
        self.at({**resource, "type": type}, path)
        self._records.append({**resource, "type": type})

    def renamed(self, old: Resource, new: Resource) -> None:
        """A record has another id or name now; it is found, and removed, by the new one."""
        self._homes[new["type"], new["id"]] = self.home(old)
        self._records = [new if same(record, old) else record for record in self._records]

    def is_there(self, type: str, id: str) -> bool:
        """Whether a record was not removed in this run."""
        return (type, id) not in self._removed

    def gone(self, record: Resource) -> None:
        """Nothing to remove any more."""
        self._removed.add((record["type"], record["id"]))
        self._records = [other for other in self._records if not same(record, other)]
