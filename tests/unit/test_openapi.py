"""The API describes itself."""

import json
import re

from app.http.openapi import OPERATIONS, description
from app.http.routes import ROUTES


def test_the_description_names_every_route_and_no_other() -> None:
    """A route without a description, or a description without a route, is a mistake."""
    actions = {
        (method, re.sub(r":\w+", "", path)): action
        for path, entries in ROUTES.items()
        for method, (action, _) in entries.items()
    }
    assert set(OPERATIONS) == set(actions)
    document = json.loads(description(actions))
    described = {(m.upper(), path) for path, ops in document["paths"].items() for m in ops}
    assert described == set(actions)
    for (method, path), action in actions.items():
        security = document["paths"][path][method.lower()]["security"]
        assert (security == []) == (action is None)


def test_every_reference_of_the_description_leads_somewhere() -> None:
    document = description(dict.fromkeys(OPERATIONS))
    components = json.loads(document)["components"]["schemas"]
    assert set(re.findall(rb"#/components/schemas/(\w+)", document)) == {
        name.encode() for name in components
    }
