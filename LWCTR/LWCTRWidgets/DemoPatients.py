"""Two simulated patients for the Sample Data module, made on the spot: nothing is downloaded."""

from glob import escape
from pathlib import Path

import slicer
from slicer.i18n import tr as _

SEEDS = (12, 13)
CATEGORY = "LWCTR"


def register():
    """Offer the patients in the Sample Data module."""
    import SampleData

    for seed in SEEDS:
        SampleData.SampleDataLogic.registerCustomSampleDataSource(
            category=CATEGORY,
            sampleName=f"LWCTR patient {seed}",
            uris=[""],
            fileNames=[f"lwctr-phantom-{seed}"],
            nodeNames=[f"lwctr-phantom-{seed}"],
            customDownloader=lambda source, chosen=seed: openPatient(chosen),
        )


def folderOf(seed):
    """Return where a simulated patient is made: in Slicer's cache of sample data."""
    return Path(slicer.mrmlScene.GetCacheManager().GetRemoteCacheDirectory()) / f"lwctr-phantom-{seed}"


def openPatient(seed):
    """Make the patient in the background, unless this version made it already, and open it in the panel."""
    if slicer.util.mainWindow() is not None:
        slicer.util.selectModule("LWCTR")
    panel = slicer.util.getModuleWidget("LWCTR").panel
    folder = folderOf(seed)
    title = _("Making simulated patient {number}").format(number=seed)
    makePatient(panel, folder, ["--seed", seed], title)
    return []


def makePatient(panel, folder, options, title):
    """Run ``lwctr demo``, which puts another version's patient aside; open the patient and tell of the older one."""
    folder = Path(folder)
    if panel.case is not None and panel.case.folder == folder:  # someone works on it: it stays as it is
        panel.openCase(folder)
        return

    def older():
        return set(folder.parent.glob(f"{escape(folder.name)}-older-*"))

    before = older()

    def made():
        if panel.openCase(folder):
            for place in older() - before:
                words = _("Another version's patient was there: it is now {folder}.")
                panel.say(words.format(folder=place), warn=True)

    panel.run(["demo", folder, "--make-only", *options], title, made)
