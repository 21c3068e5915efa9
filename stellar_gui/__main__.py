"""`python -m stellar_gui`: the same program as `stellar-gui`."""

import sys

from stellar_gui.cli import main

if __name__ == "__main__":
    sys.exit(main())
