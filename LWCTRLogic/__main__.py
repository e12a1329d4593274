"""``python -m LWCTRLogic`` is the same as the ``lwctr`` command."""

import sys

from LWCTRLogic.cli import main

if __name__ == "__main__":
    sys.exit(main())
