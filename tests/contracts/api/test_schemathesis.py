"""What the OpenAPI document says, held against the server by schemathesis: no 5xx, and no answer that is not written
down. The seed is fixed and the examples are few, so that CI does the same in every run."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.api_document import DOCUMENT
from tests.contracts.api.office import CALLERS, Office

SCHEMA = schemathesis.openapi.from_dict(copy.deepcopy(DOCUMENT))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance,
]  # fmt: skip
# Resources are all served by the same code.
FEW, MANY = 2, 12
LABELS = sorted(label for label in OPERATIONS if "/api/v1" in label or label == "GET /healthz")
GOOD = [(label, GenerationMode.POSITIVE) for label in LABELS]
# Where nothing is sent, nothing can be wrong with it.
BAD = [
    (label, GenerationMode.NEGATIVE)
    for label in LABELS
    if OPERATIONS[label].definition.raw.get("parameters") or OPERATIONS[label].body
]


def meant(office: Office, case: Any, number: int) -> None:
    """Every other case is about something that is there: ids made up at random never are."""
    if number % 2:
        return
    known = {"run_id": office.runs["open"], "event_id": office.events["open"], "flow_srn": "acme:flow:deploy:latest",
             "user_id": office.users["ann"].id, "user_email": "ann@acme.example"}  # fmt: skip
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            place.update({key: known[key] for key in known.keys() & place.keys()})


@pytest.mark.parametrize(("label", "mode"), GOOD + BAD)
def test_the_server_keeps_to_its_document(office: Office, label: str, mode: GenerationMode) -> None:
    operation, numbers = OPERATIONS[label], itertools.count()
    examples = FEW if "/entities/" in label else MANY

    @seed(20260314)
    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        number = next(numbers)
        if mode is GenerationMode.POSITIVE:
            meant(office, case, number)
        for caller in {"admin", CALLERS[number % len(CALLERS)]}:
            headers = {"Authorization": f"Bearer {office.tokens[caller]}"} if caller in office.tokens else {}
            case.call_and_validate(base_url=f"http://127.0.0.1:{office.port}", headers=headers, checks=CHECKS)

    holds()


def test_an_answer_that_is_not_written_down_is_found(office: Office) -> None:
    """The check itself: the same server, held against a document that knows of no refusals."""
    document = copy.deepcopy(DOCUMENT)
    answers = document["paths"]["/api/v1/version"]["get"]["responses"]
    document["paths"]["/api/v1/version"]["get"]["responses"] = {"200": answers["200"]}
    operation = schemathesis.openapi.from_dict(document)["/api/v1/version"]["GET"]
    with pytest.raises(FailureGroup):
        operation.Case().call_and_validate(base_url=f"http://127.0.0.1:{office.port}", checks=CHECKS)
