"""What the interface keeps: answers by their key, jobs, and files made by exports. None of it is part of the books.

Worked example: `POST /api/v1/runs/3/post` with the key `close-2026-01` leaves one `Answer`; the same call again, sent
because the line broke, is answered from it and posts nothing.
"""

from django.db import models


class Answer(models.Model):
    """What was answered to an unsafe call, kept with what the call did."""

    person = models.TextField()
    key = models.TextField(help_text="of the header Idempotency-Key")
    asked = models.TextField(help_text="SHA-256 of method, address and content")
    status = models.IntegerField()
    location = models.TextField(default="")
    body = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "api_answers"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="a_key_is_used_once")]


class Job(models.Model):
    """Work that goes on behind a request."""

    no = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    person = models.TextField()
    process = models.TextField(help_text="the process that works on it; another one knows that it was interrupted")
    state = models.TextField(default="queued")
    result = models.TextField(default="", help_text="JSON: what came of it, or why nothing did")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_jobs"


class Archive(models.Model):
    """The files of an export as one zip, by the number of its event."""

    no = models.BigIntegerField(primary_key=True)
    name = models.TextField()
    content = models.BinaryField()

    class Meta:
        db_table = "api_archives"
