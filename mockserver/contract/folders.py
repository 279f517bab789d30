"""A contract of whole schemas, a folder for each page: that of our own endpoints, no JSON:API."""

from __future__ import annotations

from pathlib import Path

from mockserver.contract.assembled import Assembled
from mockserver.contract.engines import references
from mockserver.contract.files import is_released, read


def read_folders(place: Path) -> Assembled:
    """What stands in the folders: `paths.json`, `responses.json`, `examples/`, and schemas.

    Raises Unsupported for a schema outside the subset, ValueError for a reference to nothing, where it is
    not a release's.
    """
    made = Assembled()
    for path in sorted(place.glob("*/*.json")):
        content = read(path)
        if path.name == "paths.json":
            for name, methods in content.items():
                for method, item in methods.items():
                    made.add(name, method, item)
        elif path.name == "responses.json":
            made.responses.update(content)
        else:
            made.schemas[f"{path.parent.name}.{path.stem}"] = content
    examples = sorted(place.glob("*/examples/*.json"))
    made.examples = lambda: {path.stem: read(path) for path in examples}
    if not is_released(place):
        _hold(made, place)
    return made


def _hold(made: Assembled, place: Path) -> None:
    """Raises Unsupported and ValueError as `read_folders`."""
    from mockserver.contract import subset  # a release needs none of it

    for name, schema in made.schemas.items():
        subset.check(schema, f"{name.replace('.', '/', 1)}.json")
    for name, part in (*made.schemas.items(), *made.responses.items(), *made.paths.items()):
        for target in references(part):
            if target not in made.schemas and target not in made.responses:
                raise ValueError(f"{place}: {name} refers to {target}, which is not there")
