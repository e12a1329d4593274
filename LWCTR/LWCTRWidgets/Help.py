"""What Slicer's help box says."""

from slicer.i18n import tr as _


def helpText():
    """Return the help, as HTML."""
    steps = [
        _(
            "<b>Patient</b>: choose a case folder and bring in four CT scans: baseline and follow-up, "
            "arterial and portal venous. The choice can be changed at any time."
        ),
        _("<b>Segment</b>: let a model find the liver in each."),
        _("<b>Correct</b>: look at every mask; each save is a new version that nothing replaces."),
        _("<b>Features</b>: 1,316 radiomic features of each scan."),
        _("<b>Clinical</b>: the values that the model uses, and mRECIST by two readers."),
        _("<b>Result</b>: the score, the survival estimate, and why."),
        _("<b>Report</b>: HTML and PDF, DICOM SEG and SR, and whole lists of patients."),
    ]
    listed = "".join(f"<li>{step}</li>" for step in steps)
    intro = _("Whole-liver CT radiomics before and after the start of immunotherapy, in seven steps.")
    first = _(
        "To try it without data: choose a new folder and press <i>Make a simulated patient</i>. The bundled prediction "
        "model was fitted to simulated patients and says nothing about a real one."
    )
    keys = _(
        "Alt+1 to Alt+7 open a step, Alt+0 the set-up, Ctrl+R runs a step, Esc cancels, F1 shows the mask convention."
    )
    return f"<p>{intro}</p><ol>{listed}</ol><p>{first}</p><p>{keys}</p>"


def acknowledgement():
    """Return the acknowledgement, as HTML."""
    return _(
        "Segmentation with nnU-Net, radiomic features after PyRadiomics' definitions. "
        "Not a medical device: for research only."
    )
