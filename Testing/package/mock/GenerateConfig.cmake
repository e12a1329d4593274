# Slicer writes a LWCTRConfig.cmake here, for extensions that build on this one; a package needs none.
