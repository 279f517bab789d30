"""Rows in columns, folded to the width of whoever reads them."""

from __future__ import annotations

from collections.abc import Sequence

UNFOLDED = 10_000
"""Columns of a table that no terminal shows: a line of it stays a line for `grep`."""
NARROW = 80
"""Below so many, the first column is folded too."""


def columns(rows: Sequence[Sequence[str]], width: int = UNFOLDED) -> str:
    """A table whose first row is its heads; what does not fit into `width` goes on below."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=width, highlight=False, color_system=None)
    made = Table(box=None, header_style="", pad_edge=False, padding=(0, 2, 0, 0))
    for at, head in enumerate(rows[0]):
        made.add_column(Text(head), overflow="fold", no_wrap=at == 0 and width >= NARROW)
    for row in rows[1:]:
        made.add_row(*(Text(cell) for cell in row))
    with console.capture() as captured:
        console.print(made)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
