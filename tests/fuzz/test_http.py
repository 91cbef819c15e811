"""The whole HTTP API, asked what its description allows and what it does not, by every role."""

import asyncio
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.domain import Role
from app.http.openapi import OPERATIONS
from tests.fuzz.conftest import Target

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# For each operation and role; the roles' own cases differ.
EXAMPLES: Final = 4


async def test_the_http_api_answers_everybody_as_it_is_described(target: Target) -> None:
    """Never a 5xx, always a form that is described; nobody without a token changes anything."""
    response = await target.fleet.http.get(f"{target.web.url}/openapi.json")
    document: dict[str, Any] = response.json()
    described = {(m.upper(), path) for path, ops in document["paths"].items() for m in ops}
    assert described == set(OPERATIONS)
    before = await target.fleet.version(target.web, target.show)
    await asyncio.to_thread(_ask_all, target, document, Role.ANONYMOUS)
    assert await target.fleet.version(target.web, target.show) == before
    for role in (Role.BUYER, Role.KIOSK, Role.STAFF, Role.ADMIN):
        await asyncio.to_thread(_ask_all, target, document, role)
    assert target.defects() == []


def _ask_all(target: Target, document: dict[str, Any], role: Role) -> None:
    schema = schemathesis.openapi.from_dict(document)
    headers = {}
    if role is not Role.ANONYMOUS:
        headers["Authorization"] = f"Bearer {target.fleet.token(role)}"
    for operation in schema.get_all_operations():
        assert isinstance(operation, Ok), operation
        _ask(target, operation.ok(), headers)


def _ask(target: Target, operation: Any, headers: dict[str, str]) -> None:
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    known = {"show": target.show, "hold": target.hold, "booking": target.booking, "seat": "3"}

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.lists(st.sampled_from(sorted(known)), unique=True))
    def probe(case: Case[Any], real: list[str]) -> None:
        for name in real:
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = known[name]
        response = case.call(base_url=target.web.url, headers=headers)
        case.validate_response(response, checks=CHECKS)

    probe()
