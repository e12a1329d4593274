"""Words of the package in the user's language: the states of the steps, and the names of clinical values.

``tools/extract_translations.py`` writes them into the context "LWCTRLogic". What a command says while it runs, and why
it refuses, stays English: it is what the log, the report and a bug report hold.
"""

from slicer.i18n import translate as lookUp

CONTEXT = "LWCTRLogic"


def inWords(text):
    """Return a text of the package in the user's language: a sentence by its template, anything else as it is."""
    template = getattr(text, "template", None)
    if template is None:
        return lookUp(CONTEXT, text) if text else ""
    return lookUp(CONTEXT, template).format(**text.values) if template else ""
