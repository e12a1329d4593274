"""What belongs to the liver mask, with a picture, one click away from the drawing."""

import qt
from slicer.i18n import tr as _

from LWCTRWidgets.Resources import resource


def conventionText():
    """Return the convention in words."""
    inside = [
        _("the whole liver with every tumour"),
        _("a tumour that grows out of the liver"),
        _("vessels inside the liver"),
        _("a thrombus inside the liver"),
    ]
    outside = [
        _("the gallbladder"),
        _("the vena cava"),
        _("the portal vein outside the liver"),
        _("ascites"),
        _("ablation material outside the capsule"),
    ]

    same = _(
        "Draw the same way at baseline and at follow-up, in both phases: the score is made of the change."
    )

    def listed(title, items):
        return f"<h3>{title}</h3><ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"

    return listed(_("Inside the mask"), inside) + listed(_("Outside the mask"), outside) + f"<p>{same}</p>"


def conventionDialog(parent=None):
    """Return the dialog with picture and words."""
    dialog = qt.QDialog(parent)
    dialog.setObjectName("conventionDialog")
    dialog.setWindowTitle(_("The liver mask"))
    layout = qt.QHBoxLayout(dialog)
    picture = qt.QLabel()
    picture.setPixmap(qt.QPixmap(str(resource("Icons/mask-convention.png"))))
    words = qt.QLabel(conventionText())
    words.setWordWrap(True)
    words.setMinimumWidth(280)
    layout.addWidget(picture)
    layout.addWidget(words)
    return dialog


_shown = []


def showConvention(parent=None):
    """Show the convention beside the drawing; it does not stop the work."""
    dialog = conventionDialog(parent)
    dialog.setAttribute(qt.Qt.WA_DeleteOnClose)
    _shown[:] = [dialog]  # the last one stays alive
    dialog.show()
