"""The one place where the store learns the time; everything below takes the moment as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The moment by this machine's clock."""
    return datetime.now(UTC)  # noqa: TID251  whoever begins an act knows what time it is, and nobody else
