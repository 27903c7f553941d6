"""The project folder and its database: the only place that knows SQL."""
