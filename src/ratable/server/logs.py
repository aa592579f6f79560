r"""What the running application says about itself: one line of JSON for each thing that happened, to standard error.

Worked example: {"time": "2026-04-01T09:00:01.250000Z", "level": "info", "event": "request", "method": "GET", "route":
"journals", "status": 200, "ms": 41, "person": "ben", "request": "9f2c61d0a4b7e358"}. A line break inside a value is
written as \n, so that nobody can forge a second line. Values of a query, bodies, cookies and keys are never written.
"""

import logging
import logging.config
import sys

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]


def begin() -> None:
    """Send everything that is logged, by us and by the libraries, to standard error as JSON."""
    rendered: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(sort_keys=False),
    ]
    structlog.configure(
        processors=[*_SHARED, *rendered],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": [*_SHARED, structlog.stdlib.add_logger_name],
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "django": {"handlers": [], "level": "WARNING", "propagate": True},
                "django.request": {
                    "handlers": [],
                    "level": "ERROR",
                    "propagate": True,
                },  # What is refused has its line.
                # A queue that is longer than the threads is no fault; how long requests take is counted.
                "waitress.queue": {"handlers": [], "level": "ERROR", "propagate": True},
            },
        }
    )


def bind(**values: str) -> None:
    """Say these with every line of this request, whoever logs it."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**values)


def say(event: str, **values: object) -> None:
    """Write one line."""
    structlog.get_logger().info(event, **values)


def fault(event: str, **values: object) -> None:
    """Write one line about the exception at hand, with where it came from."""
    structlog.get_logger().error(event, exc_info=True, **values)
