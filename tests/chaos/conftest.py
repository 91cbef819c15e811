"""The parts of an instance and shows to try them on are those of the integration tests."""

from tests.integration.conftest import connect, make_show, open_instance, services, valkey

__all__ = ["connect", "make_show", "open_instance", "services", "valkey"]
