"""The set-up page: what is installed in Slicer's Python, what is missing, and one click to install it.

Nothing is installed or imported when the module is loaded. pip runs in a process of its own, and every package
that is there already is pinned: Slicer's own are never replaced.
"""

import importlib.metadata
import re
import tempfile
from pathlib import Path

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from LWCTRLogic.doctor import PACKAGES
from LWCTRWidgets.Forms import button, group, label, path, row
from LWCTRWidgets.ProcessRunner import ProcessRunner
from LWCTRWidgets.Resources import resource

NEEDED = ("core",)
NEEDED_FILE, SEGMENT_FILE = "requirements.txt", "requirements-segment.txt"


def versionOf(name):
    """Return the installed version of a distribution, empty when it is not there."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def installedVersions():
    """Return the version of every installed distribution by its name; reads every package's metadata."""
    found = {}
    for one in importlib.metadata.distributions():
        if one.metadata["Name"]:
            found.setdefault(one.metadata["Name"], one.version)
    return found


def missingRequirements(file):
    """Return the lines of a requirements file whose package is not installed, in whatever version."""
    lines = (line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not versionOf(re.split(r"[^A-Za-z0-9._-]", line)[0])]


def constraintsText(versions):
    """Return constraints that keep every installed package at its version."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))


class SetupPage:
    """Lists packages and extensions, and installs what is missing."""

    def __init__(self, panel, runner=None):
        self.panel = panel
        self.runner = runner or ProcessRunner(module="pip")
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
        box, inside = group(_("Extensions that help"), "extensionsGroup")
        self.extensionsLabel = label("", "extensionsLabel")
        inside.addWidget(self.extensionsLabel)
        layout.addWidget(box)

    # ---- showing -----------------------------------------------------------------------------------------
    def enter(self):
        """Look at what is installed now."""
        self.refresh()

    def refresh(self):
        """Show what is installed and what is missing."""
        words = self._purposes()
        self.table.setRowCount(len(PACKAGES))
        for line, (name, extra) in enumerate(PACKAGES.items()):
            version = versionOf(name)
            state = (
                f"\u2713 {version}"
                if version
                else ("\u26a0 " + _("missing") if extra in NEEDED else _("not installed"))
            )
            for column, text in enumerate((name, state, words.get(extra, extra))):
                self.table.setItem(line, column, qt.QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self.summary.text = self._summaryWords()
        self.installButton.enabled = bool(self.missing()) and not self.runner.running
        self.cancelButton.visible = self.runner.running
        self.extensionsLabel.text = self._extensionWords()

    def _purposes(self):
        return {
            "core": _("needed"),
            "segment": _("segmentation by nnU-Net"),
            "openvino": _("faster segmentation without a graphics card"),
            "totalsegmentator": _("segmentation by TotalSegmentator"),
            "dicom": _("DICOM SEG and SR"),
            "explain": _("outside Slicer only"),
        }

    def missing(self):
        """Return the requirements to install by the file that names them, in the order of installing."""
        wanted = [NEEDED_FILE, *([SEGMENT_FILE] if self.optional.checked else [])]
        found = {name: missingRequirements(resource(name)) for name in wanted}
        return {name: lines for name, lines in found.items() if lines}

    def neededMissing(self):
        """Return the packages without which no command runs."""
        return [name for name, extra in PACKAGES.items() if extra in NEEDED and not versionOf(name)]

    def _summaryWords(self):
        missing = self.neededMissing()
        if missing:
            return "\u26a0 " + _("Missing: {names}. Press Install what is missing.").format(
                names=", ".join(missing)
            )
        if not versionOf("torch"):
            return _(
                "Everything needed is there. For segmentation install the extension PyTorch, which picks the build "
                "for your graphics card, then come back."
            )
        return _("Everything needed is there.")

    def _extensionWords(self):
        helpful = {
            "PyTorch": _("installs torch for your graphics card"),
            "NNUNet": _("installs nnunetv2"),
            "SlicerRadiomics": _("PyRadiomics as another engine"),
            "TotalSegmentator": _("another segmentation model"),
        }
        installed = self._installedExtensions()
        lines = []
        for name, words in helpful.items():
            mark = "\u2713" if name in installed else "\u2013"
            lines.append(f"{mark} {name}: {words}")
        return "\n".join(lines)

    def _installedExtensions(self):
        model = slicer.app.extensionsManagerModel()
        return list(model.installedExtensions) if model is not None else []

    def setBusy(self, busy):
        """Nothing is installed while a command runs."""
        self.installButton.enabled = not busy and bool(self.missing()) and not self.runner.running

    # ---- installing --------------------------------------------------------------------------------------
    def arguments(self, name, constraints):
        """Return pip's arguments for what is missing of one requirements file."""
        arguments = ["install", "--disable-pip-version-check", "--prefer-binary", "-c", str(constraints)]
        arguments += ["--no-deps"] if name == SEGMENT_FILE else []  # it would bring a torch of its own
        folder = self.offline.currentPath.strip()
        arguments += ["--no-index", "--find-links", folder] if folder else []
        return [*arguments, *self.missing()[name]]

    def install(self):
        """Install what is missing, in a process of its own."""
        if self.panel.runner.running:
            self.panel.say(_("A command is running: wait for it or cancel it."), warn=True)
            return
        self.log.clear()
        self._next()

    def _next(self):
        """Install what is missing of the first file that lacks something."""
        missing = self.missing()
        if not missing:
            self.panel.say(_("Nothing is missing."))
            return
        name = next(iter(missing))
        constraints = Path(tempfile.gettempdir()) / "lwctr-constraints.txt"
        constraints.write_text(constraintsText(installedVersions()), encoding="utf-8")
        self.log.visible = True
        self.panel.say(_("Installing {count} packages…").format(count=len(missing[name])))
        self.runner.start(
            self.arguments(name, constraints),
            None,
            lambda code, error: self._installed(name, code, error),
            onLine=self.log.appendPlainText,
        )
        self.refresh()

    def cancel(self):
        """Stop the installation."""
        self.runner.cancel()

    def _installed(self, name, code, error):
        importlib.invalidate_caches()
        self.refresh()
        left = self.missing()
        if code == 0 and left and name not in left:
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
