"""Write Resources/Translations/LWCTR_en-US.ts: every text of the module that can be translated.

Slicer's language packs begin with such a file. Contexts are those of ``slicer.i18n``: the source file's name, after
the package's name and a point where it lies in one; texts of the package ``LWCTRLogic`` have that one context. Run it
after changing a text::

    python tools/extract_translations.py
"""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "LWCTRLogic"
TARGET = ROOT / "Resources" / "Translations" / "LWCTR_en-US.ts"


class HiddenTextError(ValueError):
    """A text that no tool can find, since it is put together before it is translated."""


def context_of(path: Path) -> str:
    """Return the context that ``slicer.i18n.tr`` gives to texts of a file."""
    package = (path.parent / "__init__.py").is_file()
    return f"{path.parent.name}.{path.stem}" if package else path.stem


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, text) of each ``_("…")`` and ``translate("context", "…")`` of a Python file."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    formatted = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    hidden = {id(part) for node in formatted for part in ast.walk(node)}
    for node in ast.walk(tree):
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if name in ("_", "translate"):
            if id(node) in hidden:
                raise HiddenTextError(
                    f"{path.name}:{node.lineno}: Qt's lupdate does not look into an f-string"
                )
            words = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            if len(words) != (2 if name == "translate" else 1) or not all(
                isinstance(word, str) for word in words
            ):
                raise HiddenTextError(
                    f"{path.name}:{node.lineno}: {name}() needs the text itself, then .format(…)"
                )
            yield (words[0], words[1]) if name == "translate" else (context_of(path), words[0])


def texts_of_package(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, text) of what the panel shows of the package: ``said("…")`` and the clinical variables."""
    from LWCTRLogic.clinical import VARIABLES

    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said":
                text = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                if not isinstance(text, str):
                    raise HiddenTextError(f"{path.name}:{node.lineno}: said() needs the text itself")
                yield PACKAGE, text
    for variable in VARIABLES.values():
        yield from ((PACKAGE, text) for text in (variable.label, variable.unit, *variable.choices))


def texts_of_form(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (context, text) of a Designer form; texts marked ``notr`` are left out."""
    root = ET.parse(path).getroot()
    for element in root.iter("string"):
        if element.text and element.text.strip() and element.get("notr") != "true":
            yield root.findtext("class", ""), element.text


def collect(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the texts by context, both sorted, each text once."""
    pairs: set[tuple[str, str]] = set()
    for path in sorted((root / "LWCTR").rglob("*.py")):
        pairs.update(texts_of(path))
    pairs.update((context, text) for context, text in texts_of_package(root / PACKAGE) if text)
    for path in sorted((root / "Resources" / "UI").glob("*.ui")):
        pairs.update(texts_of_form(path))
    found: dict[str, list[str]] = {}
    for context, text in sorted(pairs):
        found.setdefault(context, []).append(text)
    return found


def as_ts(texts: dict[str, list[str]]) -> str:
    """Return a Qt translation source with every translation still open."""
    root = ET.Element("TS", version="2.1", language="en_US", sourcelanguage="en")
    for context, sources in texts.items():
        group = ET.SubElement(root, "context")
        ET.SubElement(group, "name").text = context
        for source in sources:
            message = ET.SubElement(group, "message")
            ET.SubElement(message, "source").text = source
            ET.SubElement(message, "translation", type="unfinished")
    ET.indent(root, " " * 4)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'


def main() -> int:
    """Write the file; returns the exit code."""
    try:
        texts = collect()
    except HiddenTextError as error:
        print(error, file=sys.stderr)
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(as_ts(texts), encoding="utf-8")
    print(f"{TARGET.name}: {sum(map(len, texts.values()))} texts in {len(texts)} contexts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
