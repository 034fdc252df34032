"""`python3 -m spiq.eval` is spiq-eval."""

import sys

from .cli import main

sys.exit(main())
