"""Two simulated patients for the Sample Data module, made on the spot: nothing is downloaded."""

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
    """Make the patient in the background and open it in the panel."""
    if slicer.util.mainWindow() is not None:
        slicer.util.selectModule("LWCTR")
    panel = slicer.util.getModuleWidget("LWCTR").panel
    folder = folderOf(seed)
    if (folder / "case.json").is_file():
        panel.openCase(folder)
        return []
    panel.run(
        ["demo", folder, "--make-only", "--seed", seed],
        _("Making simulated patient {number}").format(number=seed),
        lambda: panel.openCase(folder),
    )
    return []
