"""`SampleData`: keeps what modules register, runs custom downloaders, and downloads nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import slicer


class SampleDataLogic:
    """The part of Slicer's class with which a module registers its data."""

    @staticmethod
    def registerCustomSampleDataCategory(category: str, title: str) -> None:
        vars(slicer.modules).setdefault("sampleDataSourceCategories", {})[category] = {"title": title}

    @staticmethod
    def registerCustomSampleDataSource(
        category: str = "Custom",
        sampleName: str | None = None,
        uris: Any = None,
        fileNames: Any = None,
        nodeNames: Any = None,
        customDownloader: Callable[[Any], Any] | None = None,
        thumbnailFileName: str | None = None,
        loadFileTypes: Any = None,
        loadFiles: Any = None,
        loadFileProperties: Any = None,
        checksums: Any = None,
        loadFileType: Any = None,
    ) -> None:
        source = SimpleNamespace(**{key: value for key, value in locals().items() if key != "category"})
        sources = vars(slicer.modules).setdefault("sampleDataSources", {}).setdefault(category, [])
        if source not in sources:
            sources.append(source)

    @staticmethod
    def sampleDataSourcesByCategory(category: str | None = None) -> Any:
        sources = vars(slicer.modules).setdefault("sampleDataSources", {})
        return sources if category is None else sources.get(category, [])


def downloadSample(sampleName: str) -> Any:
    """Run the custom downloader of a registered sample.

    Raises
    ------
    RuntimeError
        When the sample would have to be downloaded.
    """
    for sources in SampleDataLogic.sampleDataSourcesByCategory().values():
        for source in sources:
            if source.sampleName == sampleName and source.customDownloader is not None:
                return source.customDownloader(source)
    raise RuntimeError(f"the layer downloads nothing, so there is no {sampleName!r}")
