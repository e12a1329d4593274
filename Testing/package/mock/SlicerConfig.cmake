# A stand-in for what a built Slicer gives to find_package(Slicer): enough to install and pack an extension of
# scripted modules, and nothing else. Written for this project; check_real_macros.py compares it with Slicer's own.

if(NOT DEFINED Slicer_VERSION)
  set(Slicer_VERSION "5.12")
endif()
# On macOS an extension lies inside the application: Slicer.app/Contents/Extensions-REVISION/LWCTR/
if(NOT DEFINED Slicer_INSTALL_ROOT)
  set(Slicer_INSTALL_ROOT "")
endif()
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR "${Slicer_INSTALL_ROOT}lib/Slicer-${Slicer_VERSION}/qt-scripted-modules")
set(Slicer_SHARE_DIR "${Slicer_INSTALL_ROOT}share/Slicer-${Slicer_VERSION}")
set(Slicer_USE_FILE "${CMAKE_CURRENT_LIST_DIR}/UseSlicer.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${CMAKE_CURRENT_LIST_DIR}/GenerateConfig.cmake")
set(Slicer_EXTENSION_CPACK "${CMAKE_CURRENT_LIST_DIR}/Pack.cmake")
