"""A small HTTP API over a user directory."""

__version__ = "1.4.0"
