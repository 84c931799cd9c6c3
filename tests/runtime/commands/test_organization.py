from __future__ import annotations

import pytest

from tests.runtime.commands.conftest import Symflow


@pytest.mark.parametrize(("enabled", "done"), [("true", "enabled"), ("no", "disabled")])
def test_a_second_factor_is_the_issuers_business(bare: Symflow, enabled: str, done: str) -> None:
    said = bare("organization", "configure-mfa", enabled, code=1).stderr
    assert f"Nothing was {done}" in said
    assert "OpenID Connect issuer" in said


def test_it_is_yes_or_no(bare: Symflow) -> None:
    assert "maybe" in bare("organization", "configure-mfa", "maybe", code=2).stderr
