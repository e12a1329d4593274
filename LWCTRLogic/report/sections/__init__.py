"""The report's sections; each module turns part of the case into blocks of :mod:`..document`."""
