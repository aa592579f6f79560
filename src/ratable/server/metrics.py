"""What the running application counts, for Prometheus: requests, their seconds, jobs and the last event of the log.

Worked example: after two looks at the journals, of which one was refused, `/metrics` has
`ratable_requests_total{route="journals",status="200"} 1.0` and the same with status 403. Routes are named, not spelled
out: no contract, customer or person is ever part of what is counted.
"""

from collections.abc import Iterator

import prometheus_client
from django.apps import apps
from django.db.models import Count
from prometheus_client import core, registry

from ratable.ledger import events

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

_REGISTRY = registry.CollectorRegistry()
_REQUESTS = prometheus_client.Counter(
    "ratable_requests", "Requests answered, by route and status.", ["route", "status"], registry=_REGISTRY
)
_SECONDS = prometheus_client.Histogram(
    "ratable_request_seconds", "Seconds until a request was answered, by route.", ["route"], registry=_REGISTRY
)
# What waits or was done, as tables keep it: the application, its model, and the column that says where each one stands.
_QUEUES = (("ratable_jobs", "api", "Job"), ("ratable_webhook_deliveries", "webhooks", "Delivery"))


class _Books(registry.Collector):
    """Figures that are read from the database when they are asked for."""

    def collect(self) -> Iterator[core.Metric]:
        """The last event number, and how many jobs and deliveries there are in each state."""
        yield core.GaugeMetricFamily("ratable_last_event", "Number of the last event of the log.", events.last()[0])
        for name, label, model in _QUEUES:
            if (label, model.lower()) in {(m._meta.app_label, m._meta.model_name) for m in apps.get_models()}:
                family = core.GaugeMetricFamily(name, f"Rows of {model} by state.", labels=["state"])
                rows = apps.get_model(label, model)._default_manager.values_list("state").annotate(count=Count("pk"))
                for state, count in rows.order_by("state"):
                    family.add_metric([state], count)
                yield family


_BOOKS = _Books()


def count(route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _REQUESTS.labels(route, str(status)).inc()
    _SECONDS.labels(route).observe(seconds)


def text() -> bytes:
    """Everything counted so far, as Prometheus reads it."""
    live = registry.CollectorRegistry()
    live.register(_BOOKS)
    return bytes(prometheus_client.generate_latest(_REGISTRY) + prometheus_client.generate_latest(live))
