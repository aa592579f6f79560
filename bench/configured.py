"""Django as the store needs it, on the database that RATABLE_DATABASE_URL names; imported before the ledger is.

Worked example: `from bench import configured` in a module that also says `from ratable.ledger import models`.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ratable.settings")
django.setup()
