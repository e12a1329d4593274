"""What a saved scene keeps of the panel: where the case lies, and what was chosen."""

from slicer.parameterNodeWrapper import parameterNodeWrapper


@parameterNodeWrapper
class LWCTRParameterNode:
    """The panel's state in the scene; the case folder holds everything else and goes before it."""

    caseFolder: str = ""
    caseId: str = ""  # to know a moved folder again
    step: str = "patient"
    model: str = "liver-phantom-nnunet"
    device: str = "auto"
    settings: str = ""
    backend: str = "native"
    bundle: str = ""
    reader: str = "reader-1"
    volume: str = "pre_A"
    startedFrom: str = "auto"
    linked: bool = True
    alignment: str = ""  # JSON: volume → height in mm (S) that shows the same place of the liver
    worklist: str = ""
    studyList: str = ""
    batchFolder: str = ""
