"""Response criteria: mRECIST, RECIST 1.1, tumour volume change."""
