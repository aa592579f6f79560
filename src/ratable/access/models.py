"""Accounts that people sign in with, and keys that programs do. What either may do stands in the log of the books.

Worked example: the account `dana` is the person "dana" of the books. Whether Dana may approve is asked of her last
grant (`operations.people`) at each act; the account says only that it is she who asks. Her key "nightly" says that a
program asks in her name, and for no more than to import.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """A named person who can sign in; `username` is their name in the books."""

    class Meta:
        db_table = "accounts"


class ServiceKey(models.Model):
    """A key of a person, known by the SHA-256 of its text; the text itself is shown once and kept nowhere."""

    person = models.TextField(help_text="their name in the books")
    name = models.TextField(help_text="what it is for")
    prefix = models.TextField(help_text="how its text begins, by which people tell keys apart")
    sha256 = models.TextField(unique=True)
    scopes = models.JSONField(help_text="of operations.service_keys.SCOPES")
    expires_on = models.DateField(help_text="its last day")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    last_used_at = models.DateTimeField(null=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_keys"
