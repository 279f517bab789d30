"""Every message template of the package in one text, with plain words where values are put in.

`python -m tests.message_templates` prints it; CI writes it to `.messages.txt`, for somebody to read
from top to bottom who did not write it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLAIN = {
    "name": "'nope'",
    "id": "'pol-1'",
    "type": "policies",
    "error": "(the reason)",
    "path": "world.json",
    "detail": "(the detail)",
    "status": "404",
    "number": "7",
    "count": "3",
    "operation": "create-policy",
    "pointer": "/data/attributes/name",
}
"""What stands for a value, by the last word of the expression."""


def _docstrings(tree: ast.AST) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            found |= {one.value for one in body if isinstance(one, ast.Expr)}
    return found


def _plain(value: ast.expr) -> str:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "singular":
        return "policy"
    word = ast.unparse(value).split(".")[-1].strip("()")
    return PLAIN.get(word, f"<{ast.unparse(value)}>")


def _text(node: ast.AST) -> str | None:
    """The sentence of a node that is a text, else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = []
        for part in node.values:
            parts.append(
                _plain(part.value) if isinstance(part, ast.FormattedValue) else part.value  # type: ignore[attr-defined]
            )
        return "".join(parts)
    return None


def templates(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each template of a module: what reads like words, and is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen = _docstrings(tree)
    for node in ast.walk(tree):
        if node in seen:
            continue
        if isinstance(node, ast.JoinedStr):
            seen.update(ast.walk(node))
        text = _text(node)
        if text and len(text.split()) >= 3:
            yield node.lineno, " ".join(text.split())  # type: ignore[attr-defined]


def written() -> str:
    """The whole text: a heading for each module, a line for each template."""
    lines: list[str] = []
    for path in sorted((ROOT / "mockserver").rglob("*.py")):
        found = sorted(set(templates(path)))
        if found:
            lines += ["", f"# {path.relative_to(ROOT)}", ""]
            lines += [f"{line:>5}  {text}" for line, text in found]
    return "\n".join(lines).lstrip() + "\n"


if __name__ == "__main__":
    print(written(), end="")
