"""Whom to tell of events, and what became of each telling.

Worked example: endpoint 1 wants "post" and "lock". Event 41 "post run 3" becomes one delivery for it, which is waiting,
then sent; were the receiver down for a day it would be dead after ten attempts, until somebody sends it again.

No secret is kept here: it follows from the salt and the secret key of the application (webhooks.signing).
"""

from django.db import models

WAITING, SENT, DEAD = "waiting", "sent", "dead"


class Endpoint(models.Model):
    """An address that is told of events."""

    no = models.BigAutoField(primary_key=True)
    url = models.TextField()
    events = models.JSONField(default=list, help_text="actions to be told of, such as post; empty: all")
    salt = models.TextField(help_text="of the secret that is given out now, hexadecimal")
    previous_salt = models.TextField(default="", help_text="of the one before, which still signs; empty: none")
    made_by = models.TextField()
    active = models.BooleanField(default=True)
    queued = models.BigIntegerField(help_text="number of the last event that was looked at for it")

    class Meta:
        db_table = "webhook_endpoints"


class Delivery(models.Model):
    """One event on its way to one endpoint."""

    no = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    event_no = models.BigIntegerField()
    state = models.TextField(default=WAITING, help_text="waiting, sent or dead")
    attempts = models.IntegerField(default=0)
    next_try = models.DateTimeField()
    last_status = models.IntegerField(null=True, help_text="HTTP status of the last answer; none: no answer came")
    last_error = models.TextField(default="")

    class Meta:
        db_table = "webhook_deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_no"], name="an_event_is_queued_once"),
        ]
        indexes = [models.Index(fields=["state", "next_try"], name="deliveries_due")]
