"""The HTTP side: `http_app` makes the application."""

from app.http.routes import http_app

__all__ = ["http_app"]
