"""What the lower bound proves, in words."""

import pytest

from core.export.sheets.summary import certificate
from core.rebalance.proposal import Objective


@pytest.mark.parametrize(
    ("plan", "do_nothing", "lower_bound", "said"),
    [
        (200.0, 1000.0, 100.0, "takes 88.9 % of the improvement"),
        (1000.0, 1000.0, 1000.0, "No plan that keeps the rules improves"),
        (1200.0, 1000.0, 1100.0, "would break a rule"),
    ],
)
def test_certificate(plan, do_nothing, lower_bound, said):
    text = certificate(Objective(plan, do_nothing, lower_bound))
    assert said in text
    assert f"{lower_bound:,.2f}" in text
