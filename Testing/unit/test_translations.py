"""Texts of the Slicer module that can be translated."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from extract_translations import (
    TARGET,
    HiddenTextError,
    as_ts,
    collect,
    context_of,
    texts_of,
    texts_of_form,
    texts_of_package,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def written(tmp_path):
    def write(text, name="Step.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_the_translation_source_holds_every_text_of_the_module():
    assert TARGET.read_text(encoding="utf-8") == as_ts(collect()), "run: python tools/extract_translations.py"


def test_every_label_of_the_steps_is_among_them():
    texts = {text for group in collect().values() for text in group}
    assert "Back" in texts
    assert len(texts) > 300


def test_a_text_belongs_to_the_context_that_slicer_looks_it_up_in(written, tmp_path):
    path = written('a = _("Run")\nb = _(\n    "one "\n    "two"\n)\nc = translate("Other", "Stop")\n')
    assert set(texts_of(path)) == {("Step", "Run"), ("Step", "one two"), ("Other", "Stop")}
    (tmp_path / "__init__.py").touch()
    assert context_of(path) == f"{tmp_path.name}.Step"


@pytest.mark.parametrize(
    "text", ["_(name)", '_(f"{n} files")', '_("a" + b)', '_("a", "b")', "f\"<b>{_('Run')}</b>\""]
)
def test_a_text_that_no_tool_can_find_is_refused_with_its_line(written, text):
    with pytest.raises(HiddenTextError, match=r"Step\.py:2"):
        list(texts_of(written(f"\nx = {text}\n")))


def test_what_the_panel_shows_of_the_package_is_among_them():
    texts = collect()["LWCTRLogic"]
    assert {"not imported yet: {names}", "Extrahepatic spread", "present", "years"} <= set(texts)


def test_a_sentence_of_the_package_that_is_put_together_beforehand_is_refused(written, tmp_path):
    written('said(f"{n} scans")')
    with pytest.raises(HiddenTextError, match=r"Step\.py:1"):
        list(texts_of_package(tmp_path))


def test_a_forms_texts_are_found_but_those_not_to_be_translated(written):
    path = written(
        '<ui><class>X</class><string>Run</string><string notr="true">a;b</string><string/></ui>', "X.ui"
    )
    assert list(texts_of_form(path)) == [("X", "Run")]


def test_a_sign_that_xml_knows_is_written_so_that_it_is_read_back():
    text = 'a < b & "c" – σ'
    root = ET.fromstring(re.sub(r"<!DOCTYPE TS>", "", as_ts({"X": [text]})).encode())
    assert root.findtext("context/message/source") == text
    assert root.find("context/message/translation").get("type") == "unfinished"


def test_every_python_text_of_the_module_goes_through_the_translator():
    """A sample of what must never stand bare: the text of a button or label set directly."""
    bare = []
    for path in sorted((ROOT / "LWCTR").rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if 'parent.title = "LWCTR"' not in line and re.search(
                r"\.(text|title|toolTip|placeholderText) = f?\"[A-Za-z]{3}", line
            ):
                bare.append(f"{path.name}:{number}")
    assert bare == []


# Names that Slicer knows by these words, names of nodes and files, markup, and what only a developer reads.
UNTRANSLATED = re.compile(
    r"LWCTR (contributors|features|patient )|Grow from seeds|Level tracing|No module named|Binary labelmap"
    r"|size origin spacing direction|columns of different lengths: |a command is running"
    r"|LWCTR: .*|the patient could not be made|a step failed: .*|<.*|QLabel \{.*",
    re.DOTALL,
)


def sentences_without_translation(path):
    """Two words or more in a string of code that is neither given to ``_`` nor a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            known.add(node.body[0].value)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("_", "translate")
        ):
            known.update(node.args)
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in known)
    for node in strings:
        text = node.value if isinstance(node.value, str) else ""
        if re.search(r"[A-Za-z]+ [A-Za-z]+", text) and not UNTRANSLATED.fullmatch(text):
            yield f"{path.name}:{node.lineno}: {text}"


def test_every_sentence_of_the_panel_is_given_to_the_translator():
    files = [ROOT / "LWCTR" / "LWCTR.py", *sorted((ROOT / "LWCTR" / "LWCTRWidgets").glob("*.py"))]
    assert [found for path in files for found in sentences_without_translation(path)] == []


def test_a_sentence_that_nobody_could_translate_is_found(written):
    assert list(sentences_without_translation(written('say("Open a case")\nsay(_("Go on"))\n'))) == [
        "Step.py:1: Open a case"
    ]
