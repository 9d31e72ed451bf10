"""The OpenAPI document is true: what it allows is answered as it says, and nothing makes the service fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.serve.served import Served, served, stored
from tests.test_llm import speaking

pytestmark = pytest.mark.slow
EXAMPLES = 30
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A tiny model with a short context: answers are soon over."""
    folder = stored(speaking("ab", "cd", context_length=128), tmp_path_factory.mktemp("model"))
    with served({"thinkling": folder}) as found:
        yield found


def test_every_operation_keeps_to_the_document(running: Served) -> None:
    schema = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    faults = {}
    for operation in operations:
        try:
            run(operation)
        except Exception as error:  # all of them are told at once
            faults[operation.label] = str(error)[:1500]
    running.wait_until_idle(30)
    assert not faults, "\n\n".join(f"{label}\n{words}" for label, words in faults.items())


def run(operation: Any) -> None:
    """Many requests of one operation, valid by the document."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, timeout=60)

    ask()
