"""How the feature table shows its cells in a narrow panel: names in full over two lines, numbers rounded."""

import math
import re

_LINE = "\u2028"  # begins a new line within a cell
_BREAK = "\u200b"  # no width: where a long word may be broken


def shownName(name):
    """Return "wavelet-LLH_glcm" over "Contrast": a name cut short looks like its neighbours."""
    image, _, feature = name.rpartition("_")
    feature = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", _BREAK, feature)
    return f"{image}{_LINE}{feature}" if image else feature


def shownNumber(text):
    """Return a number in nine signs or fewer: 0.3748, 131342, 4.46e6, -1.23e-9; any other text stays as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    if value == 0 or not math.isfinite(value) or 1e-2 <= abs(value) < 1e4:
        return f"{value:.4g}"
    if 1e4 <= abs(value) < 1e6:
        return f"{value:.0f}"
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{value:.2e}")
