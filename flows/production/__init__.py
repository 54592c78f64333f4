"""The production form: Prefect's server on PostgreSQL, workers, and what is registered there; units and container."""
