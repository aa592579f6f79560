"""What the screens keep: files that were sent and wait, and the views that people named. None of it is of the books.

Worked example: Ben drops `march.csv` on the page of imports. It waits under a random name that only he can open, while
he maps its columns and reads what would come in; what he has not imported by the next day is thrown away. He keeps
`/roll-forward?by=customer` as "Customers", which nobody else sees, until he lets it go.
"""

from django.db import models


class Upload(models.Model):
    """Files that a person sent, to be checked and then imported."""

    token = models.TextField(primary_key=True)
    person = models.TextField()
    made_at = models.DateTimeField()
    mapping = models.TextField(default="", help_text="JSON of bundle.mapping.Mapping, where its columns were mapped")
    source = models.TextField(default="", help_text="the name under which the mapping is kept")

    class Meta:
        db_table = "web_uploads"


class UploadedFile(models.Model):
    """One file of an upload."""

    upload = models.ForeignKey(Upload, models.CASCADE)
    name = models.TextField()
    content = models.BinaryField()

    class Meta:
        db_table = "web_uploaded_files"


class SavedView(models.Model):
    """An address that a person keeps under a name."""

    person = models.TextField()
    name = models.TextField()
    address = models.TextField()

    class Meta:
        db_table = "web_saved_views"
        constraints = (models.UniqueConstraint(fields=("person", "name"), name="one_view_of_a_name"),)
