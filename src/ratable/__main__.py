"""`python -m ratable` is the command `ratable`."""

import sys

from ratable.cli import main

sys.exit(main.main())
