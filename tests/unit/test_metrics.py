"""What the metrics add up to."""

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from app.metrics import BatchHistogram

AMOUNTS = [0.5, 1.0, 1.5, 2.0, 7.0, 0.0]


def test_many_observations_at_once_count_as_many_observations() -> None:
    texts = []
    for kind in (Histogram, BatchHistogram):
        registry = CollectorRegistry()
        histogram = kind("wait_seconds", "Of a wait.", ["kind"], buckets=(1, 2), registry=registry)
        own = histogram.labels("hold")
        if isinstance(own, BatchHistogram):
            own.observe_all(AMOUNTS)
            own.observe_all([])
        else:
            for amount in AMOUNTS:
                own.observe(amount)
        lines = generate_latest(registry).decode().splitlines()
        texts.append([line for line in lines if "_created" not in line])
    assert texts[0] == texts[1]
    assert 'wait_seconds_bucket{kind="hold",le="1.0"} 3.0' in texts[0]
