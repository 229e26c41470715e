"""Rules that can't all be met are named, with what is missing."""

import re
from datetime import date
from decimal import Decimal

import attrs
import pytest

from core.classify.truth import Classifier
from core.errors import NoPlanError
from core.household import Account, AccountKind, Household, Lot, Security, SecurityType, Term
from core.rebalance.engine import Engine
from core.sample import sample_household, sample_target
from core.tilt.target import Flow, MaySell, RuleKey, Rules, Target, TaxSettings

HOUSEHOLD = sample_household()
EXPOSURES = Classifier().classify_household(HOUSEHOLD)
ROTH = "71830945"


def conflict(target: Target, household=HOUSEHOLD) -> NoPlanError:
    with pytest.raises(NoPlanError) as caught:
        Engine(household, EXPOSURES).final(target)
    assert Engine(household, EXPOSURES).live(target).conflict == caught.value.rules
    return caught.value


def test_a_sale_asked_for_and_forbidden():
    with pytest.raises(NoPlanError) as caught:
        Engine(HOUSEHOLD, EXPOSURES).final(Target(rules=Rules(sell_all=(RuleKey("AAPL"),), hold=(RuleKey("AAPL"),))))
    assert caught.value.rules == ("sell_all AAPL", "hold AAPL")
    names = "|".join(HOUSEHOLD.account_names.values())
    words = rf"'sell_all AAPL' asks to sell AAPL in ({names}), but 'hold AAPL' forbids it\. Remove one of them\."
    assert re.fullmatch(words, str(caught.value))


def test_a_withdrawal_larger_than_the_account():
    error = conflict(Target(flows=(Flow(ROTH, -5_000_000),)))
    assert error.rules == (f"flows {ROTH}", f"cash_reserve {ROTH}")
    assert "-$5,000,000.00" in str(error)


def test_a_reserve_that_a_restriction_keeps_from_being_raised():
    everything = tuple(RuleKey(lot.security, ROTH) for lot in HOUSEHOLD.lots if lot.account == ROTH)
    error = conflict(attrs.evolve(sample_target(), rules=Rules(no_sell=tuple(dict.fromkeys(everything)))))
    assert f"cash_reserve {ROTH}" in error.rules
    assert any(rule.startswith(f"no_sell {ROTH}:") for rule in error.rules)


def test_nothing_may_be_sold_and_an_account_is_short():
    target = attrs.evolve(sample_target(), tax=attrs.evolve(sample_target().tax, may_sell=MaySell.NOTHING))
    error = conflict(target)
    assert "may_sell" in error.rules
    assert any(rule.startswith("cash_reserve") for rule in error.rules)


def test_a_sale_asked_for_beyond_the_turnover():
    target = Target(rules=Rules(sell_all=(RuleKey("VOO"), RuleKey("FXAIX"))))
    error = conflict(attrs.evolve(target, trading=attrs.evolve(target.trading, max_turnover=0.01)))
    assert "max_turnover" in error.rules


def test_a_sector_range_nothing_can_reach():
    target = Target(sectors={"utilities": (0.3, 0.4)}, tax=TaxSettings(may_sell=MaySell.NOTHING))
    error = conflict(attrs.evolve(target, trading=attrs.evolve(target.trading, cash_reserve=0.0)))
    assert {"sectors", "may_sell"} <= set(error.rules)


def test_an_account_with_nothing_to_sell_stays_short_and_says_so():
    unpriced = tuple(
        attrs.evolve(s, type=SecurityType.OPTION) if s.id in held_in(ROTH) else s for s in HOUSEHOLD.securities
    )
    empty = tuple(attrs.evolve(a, cash=a.cash * 0) if a.id == ROTH else a for a in HOUSEHOLD.accounts)
    household = attrs.evolve(HOUSEHOLD, securities=unpriced, accounts=empty)
    proposal = Engine(household, EXPOSURES).final(sample_target())
    (short,) = [f for f in proposal.findings if f.code == "reserve_out_of_reach"]
    assert short.where == ROTH
    assert short.message.startswith(f"{household.account_names[ROTH]} has $0.00 in cash and should keep $")
    assert all(trade.account != ROTH for trade in proposal.trades)


def held_in(account: str) -> set[str]:
    return {lot.security for lot in HOUSEHOLD.lots if lot.account == account}


def test_a_reserve_is_raised_by_the_least_washed_loss_not_by_selling_out():
    """One stock, bought of late and below its price then: a few shares are sold, not all of them for the loss."""
    today = date(2026, 6, 30)
    stock = Security("ABC", "ABC", None, "Abc Inc", SecurityType.STOCK, Decimal(100))
    lots = (
        Lot("1", "ABC", Decimal(600), Decimal(60_000), Decimal(66_000), date(2026, 2, 2), Term.SHORT),
        Lot("1", "ABC", Decimal(400), Decimal(40_000), Decimal(41_000), date(2026, 6, 20), Term.SHORT),
    )
    account = Account("1", "Joint", None, AccountKind.TAXABLE, "file", Decimal(0), Decimal(0), Decimal(100_000))
    household = Household("One stock", today, (account,), (stock,), lots)
    exposures = Classifier().classify_household(household)
    proposal = Engine(household, exposures).final(Target())
    (sale,) = proposal.trades
    assert 10 <= sale.quantity <= 13  # 1 % of 100,000 and a ticket
    assert proposal.tax.disallowed_loss > 0
    assert [f.code for f in proposal.findings].count("sold_washed_loss") == len(sale.lots)
