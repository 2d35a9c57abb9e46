"""Prometheus, and every server with its HTTP interface: Thanos, Mimir, VictoriaMetrics."""

from pagerworthy.collect.prometheus.collector import PrometheusCollector, open_collector

__all__ = ["PrometheusCollector", "open_collector"]
