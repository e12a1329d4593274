"""The set-up page: what is installed in Slicer's Python, what is missing, and one click to install it.

Nothing is installed or imported when the module is loaded. pip runs in a process of its own, and every package
that is there already is pinned: Slicer's own are never replaced.
"""

import importlib
from pathlib import Path

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic.doctor import PACKAGES
from LWCTRLogic.installation import (
    EXTENSIONS,
    REQUIREMENTS,
    canonical,
    constraints_text,
    installed_versions,
    missing,
    name_of,
    pip_commands,
    read_list,
    required,
    versions_of,
)
from LWCTRWidgets.Forms import button, group, label, path, row
from LWCTRWidgets.ProcessRunner import ProcessRunner
from LWCTRWidgets.Responsive import inBackground

NEEDED = "core"


class SetupPage:
    """Lists packages and extensions, and installs what is missing."""

    def __init__(self, panel, runner=None):
        self.panel = panel
        self.runner = runner or ProcessRunner(module="pip")
        self.versions = {}  # of what LWCTR could use: canonical name → version
        self._command = []  # of pip, at work now
        self.section = ctk.ctkCollapsibleButton()
        self.section.setObjectName("section_setup")
        self.section.text = _("Set-up: what this module needs")
        layout = qt.QVBoxLayout(self.section)
        layout.addWidget(
            label(
                _(
                    "LWCTR measures whole livers on two CT examinations, before and after the start of immunotherapy, "
                    "and computes a score. It runs in seven steps, from left to right above. Nothing leaves this "
                    "computer, and nothing is installed before you press the button."
                ),
                "introLabel",
            )
        )
        self.table = qt.QTableWidget()
        self.table.setObjectName("packageTable")
        self.table.setColumnCount(3)
        self.table.setHorizontalHeaderLabels([_("Package"), _("Installed"), _("What for")])
        self.table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.table.verticalHeader().setVisible(False)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setMinimumHeight(200)
        self.table.verticalHeader().setDefaultSectionSize(20)
        self.table.setToolTip(_("What is installed in Slicer's Python"))
        layout.addWidget(self.table)
        self.summary = label("", "setupSummary")
        layout.addWidget(self.summary)
        self._buildButtons(layout)
        self._buildExtensions(layout)
        self.section.visible = False

    def _buildButtons(self, layout):
        self.installButton = button(
            "installButton",
            _("Install what is missing"),
            _("Install the missing packages into Slicer's Python; packages that are there stay as they are"),
            self.install,
        )
        self.cancelButton = button(
            "cancelInstallButton", _("Cancel"), _("Stop the installation"), self.cancel
        )
        self.optional = qt.QCheckBox(_("Segmentation by nnU-Net, too"))
        self.optional.setObjectName("optionalBox")
        self.optional.setToolTip(_("nnunetv2, without which a liver mask must be drawn or taken from a file"))
        self.optional.checked = True
        self.offline = path(
            "wheelFolder",
            _("A folder of wheels made by 'lwctr doctor --bundle', for a computer without network"),
        )
        self.log = qt.QPlainTextEdit()
        self.log.setObjectName("installLog")
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(2000)
        self.log.setMinimumHeight(110)
        self.log.setToolTip(_("What pip says"))
        self.log.visible = False
        self.restartButton = button(
            "restartButton",
            _("Restart Slicer"),
            _("Packages that were loaded before are used anew after a restart"),
            self.restart,
        )
        self.restartButton.visible = False
        layout.addLayout(row(self.installButton, self.cancelButton, self.optional))
        offlineBox, inside = group(_("Without network: a folder of wheels"), "offlineGroup", collapsed=True)
        inside.addWidget(self.offline)
        layout.addWidget(offlineBox)
        layout.addWidget(self.log)
        layout.addLayout(row(self.restartButton))

    def _buildExtensions(self, layout):
        key = "(\u2713 " + _("installed") + ", \u2013 " + _("not installed") + ")"
        box, inside = group(" ".join((_("Extensions that help"), key)), "extensionsGroup")
        self.extensionsLabel = label("", "extensionsLabel")
        inside.addWidget(self.extensionsLabel)
        layout.addWidget(box)

    # ---- showing -----------------------------------------------------------------------------------------
    def enter(self):
        """Look at what is installed now."""
        self.refresh()

    def refresh(self):
        """Show what is installed and what is missing."""
        self._look()
        words, unfit = self._purposes(), {name_of(line): line for line in self._unfit()}
        self.table.setRowCount(len(PACKAGES))
        for line, (name, extra) in enumerate(PACKAGES.items()):
            state = self._stateWords(name, extra, unfit.get(canonical(name), ""))
            for column, text in enumerate((name, state, words.get(extra, extra))):
                self.table.setItem(line, column, qt.QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self.summary.text = self._summaryWords()
        self._showButtons()
        self.extensionsLabel.text = self._extensionWords()

    def _look(self):
        self.versions = versions_of([*PACKAGES, *required()])

    def _unfit(self):
        """Return the lines of what is there in a version that does not do."""
        return [
            line for line in missing(read_list(REQUIREMENTS), self.versions) if name_of(line) in self.versions
        ]

    def _stateWords(self, name, extra, unfit):
        version = self.versions.get(canonical(name))
        if unfit:
            return "\u26a0 " + _("{version}, but needed: {wanted}").format(version=version, wanted=unfit)
        if version:
            return f"\u2713 {version}"
        return "\u26a0 " + _("missing") if extra == NEEDED else _("not installed")

    def _showButtons(self):
        self.installButton.enabled = bool(self.commands()) and not self.runner.running
        self.cancelButton.visible = self.runner.running

    def _purposes(self):
        return {
            "core": _("needed"),
            "segment": _("segmentation by nnU-Net"),
            "openvino": _("faster segmentation without a graphics card"),
            "totalsegmentator": _("segmentation by TotalSegmentator"),
            "dicom": _("DICOM SEG and SR"),
            "explain": _("outside Slicer only"),
        }

    def commands(self):
        """Return the arguments of each pip call that is left to do."""
        offline = self.offline.currentPath.strip()
        return pip_commands(
            self._constraints(),
            segment=bool(self.optional.checked),
            offline=Path(offline) if offline else None,
            versions=self.versions,
        )

    def _constraints(self):
        return Path(slicer.app.temporaryPath) / "lwctr-constraints.txt"

    def neededMissing(self):
        """Return the packages without which no command runs."""
        self._look()
        absent = [name for name, extra in PACKAGES.items() if extra == NEEDED]
        absent = [name for name in absent if canonical(name) not in self.versions]
        known = {canonical(name) for name in absent}
        lines = missing(read_list(REQUIREMENTS), self.versions)
        return absent + [line for line in lines if name_of(line) not in known]

    def _summaryWords(self):
        missing = self.neededMissing()
        if missing:
            return "\u26a0 " + _("Missing: {names}. Press Install what is missing.").format(
                names=", ".join(missing)
            )
        if "torch" not in self.versions:
            return _(
                "Everything needed is there. For segmentation install the extension PyTorch, which picks the build "
                "for your graphics card, then come back."
            )
        return _("Everything needed is there.")

    def _extensionWords(self):
        words = {
            "PyTorch": _("installs torch for your graphics card"),
            "NNUNet": _("installs nnunetv2"),
            "SlicerRadiomics": _("PyRadiomics as another engine"),
            "TotalSegmentator": _("another segmentation model"),
        }
        installed = self._installedExtensions()
        marks = {name: "\u2713" if name in installed else "\u2013" for name in EXTENSIONS}
        return "\n".join(f"{mark} {name}: {words[name]}" for name, mark in marks.items())

    def _installedExtensions(self):
        model = slicer.app.extensionsManagerModel()
        return list(model.installedExtensions) if model is not None else []

    def setBusy(self, busy):
        """Nothing is installed while a command runs."""
        self.installButton.enabled = not busy and bool(self.commands()) and not self.runner.running

    # ---- installing --------------------------------------------------------------------------------------
    def install(self):
        """Install what is missing, in a process of its own."""
        if self.panel.runner.running:
            self.panel.say(_("A command is running: wait for it or cancel it."), warn=True)
            return
        self.log.clear()
        self._next()

    def _next(self):
        """Run the first pip call that is left to do, every package that is there pinned."""
        commands = self.commands()
        if not commands:
            self.panel.say(_("Nothing is missing."))
            return
        self._command = commands[0]
        pins = constraints_text(inBackground(installed_versions), change=self._unfit())
        self._constraints().write_text(pins, encoding="utf-8")
        self.log.visible = True
        self.panel.say(_("Installing packages…"))
        self.runner.start(self._command, None, self._installed, onLine=self.log.appendPlainText)
        self._showButtons()

    def cancel(self):
        """Stop the installation."""
        self.runner.cancel()

    def _installed(self, code, error):
        importlib.invalidate_caches()
        self.refresh()
        left = self.commands()
        if code == 0 and left and left[0] != self._command:  # the same again would never end
            self._next()
        elif code == 0:
            self.restartButton.visible = True
            self.panel.say(_("Installed. If a step does not find a package yet, restart Slicer."))
        elif code == 130:
            self.panel.say(_("The installation was cancelled."), warn=True)
        else:
            self.panel.say(_("pip could not install everything: {error}").format(error=error), warn=True)

    def restart(self):
        """Restart Slicer, after asking."""
        if slicer.util.confirmOkCancelDisplay(_("Restart Slicer now? Save the scene first."), _("Restart")):
            slicer.util.restart()

    def cleanup(self):
        """Stop an installation before the module goes."""
        self.runner.stop()
