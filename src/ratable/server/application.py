"""The application as a WSGI server calls it."""

import os

from django.core import wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ratable.server.settings")
application = wsgi.get_wsgi_application()
