"""What leaves a case for other programs: tables, and DICOM objects that return to a PACS."""
