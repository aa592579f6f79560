"""Accounts that people sign in with. What a person may do stands in the log of the books, not here.

Worked example: the account `dana` is the person "dana" of the books. Whether Dana may approve is asked of her last
grant (`operations.people`) at each act; the account says only that it is she who asks.
"""

from django.contrib.auth.models import AbstractUser


class Account(AbstractUser):
    """A named person who can sign in; `username` is their name in the books."""

    class Meta:
        db_table = "accounts"
