"""Reading DICOM series and writing DICOM SEG and SR."""
