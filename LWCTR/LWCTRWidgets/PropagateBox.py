"""Carrying a mask over from another scan of the patient, to be looked at there."""

from slicer.i18n import tr as _

from LWCTRWidgets.Forms import button, chosen, combo, fill, group, row, volumeLabel


class PropagateBox:
    """Runs ``lwctr segment --propagate`` from a chosen scan to the one shown."""

    def __init__(self, panel):
        self.panel = panel
        self.widget, layout = group(
            _("Carry a mask over from another scan"), "propagateGroup", collapsed=True
        )
        self.source = combo("propagateFrom", _("The scan whose mask is carried over"), [])
        self.button = button(
            "propagateButton",
            _("Carry over"),
            _("Register the two scans around the liver and move the mask; look at it before you use it"),
            self.propagate,
        )
        layout.addLayout(row(self.source, self.button, stretch=0))

    def refresh(self):
        """Offer the case's other scans."""
        case, here = self.panel.case, self.panel.parameters.volume
        volumes = case.volumes() if case is not None else []
        fill(
            self.source, [(volumeLabel(name), name) for name in volumes if name != here], chosen(self.source)
        )

    def propagate(self):
        """Carry the mask over."""
        source, target = chosen(self.source), self.panel.parameters.volume
        if self.panel.case is None or not source:
            self.panel.say(_("Open a case with at least two scans first."), warn=True)
            return
        arguments = ["segment", self.panel.case.folder, "--propagate", f"{source}:{target}"]
        self.panel.run(arguments, _("Carrying the mask over"), self._propagated)

    def _propagated(self):
        self.panel.loadScene()
        self.panel.refresh()
        self.panel.say(_("The mask was carried over: look at every slice and save it."), warn=True)
