"""OpenTelemetry: traces and metrics to an OTLP receiver. The extra `otel`; off without one."""
