"""The command `schema`: what judges one body, for use in anybody's own tests."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mockserver.cli.common import EDITION, Unusable, edition_named
from mockserver.cli.printing import say_json
from mockserver.escaping import escaped


@click.command()
@click.argument("operation", required=False)
@click.option(
    "--answer",
    type=int,
    metavar="STATUS",
    help="Schema of the response with this status; of the request if omitted.",
)
@EDITION
@click.option(
    "--all", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Write every schema of the edition into this folder.",
)  # fmt: skip
def schema(operation: str | None, answer: int | None, edition: str, folder: Path | None) -> None:
    """Print the JSON Schema of what an operation is sent, or of what it answers.

    It is complete in itself: any validator of JSON Schema 2020-12 reads it.
    """
    from mockserver.contract.standalone import every, of_answer, of_request

    if (operation is None) is (folder is None) or (folder and answer):
        raise click.UsageError("give an operation, perhaps with --answer, or --all DIR")
    known = edition_named(edition)
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for name, made in every(known):
                (folder / f"{name}.json").write_text(
                    json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
                )
            return
        found = known.operation(str(operation))
        made = of_answer(known, found, answer) if answer else of_request(known, found)
    except (KeyError, ValueError) as error:
        raise Unusable(str(error.args[0])) from None
    except OSError as error:
        raise click.ClickException(
            escaped(f"cannot write {error.filename}: {error.strerror}")
        ) from None
    say_json(made)
