"""A stand-in for the engine: figures that follow the target in a simple, checkable way."""

import threading
from datetime import date
from decimal import Decimal

import attrs

from core.classify.exposure import ASSET_CLASSES, SECTORS, unclassified
from core.errors import NoPlanError
from core.household import Term
from core.rebalance.live_plan import LivePlan, LiveTrade
from core.rebalance.proposal import Action, Costs, Objective, Proposal, Snapshot, TaxOfPlan, Trade, TradeLot
from core.tilt.box import MARKET_BOX, point_of
from tests.desktop.small_household import small_exposures

PRESENT_BOX = (0.16, 0.2, 0.36, 0.06, 0.05, 0.05, 0.05, 0.04, 0.03)


KEYS = ("mix", "style_box", "sectors")


def classify(household, overrides, known, live=()):
    exposures = small_exposures()
    for security in household.securities:
        exposures.setdefault(security.id, unclassified(security.id, security.name, security.type))
    for key, override in overrides.items():
        exposures[key] = attrs.evolve(exposures[key], note=override.note, source=dict.fromkeys(KEYS, "override"))
    return exposures


def _shares(names, first):
    return {name: (first if i == 0 else (1 - first) / (len(names) - 1)) for i, name in enumerate(names)}


class FakeEngine:
    """Counts its calls; ``gate`` holds final plans back until set; ``conflict`` makes every plan impossible."""

    def __init__(self, household, exposures):
        self.household = household
        self.exposures = exposures
        self.lives = []
        self.finals = []
        self.threads = set()
        self.gate = threading.Event()
        self.gate.set()
        self.started = threading.Event()
        self.cancelled_runs = 0
        self.conflict = ()
        self.error = None

    def live(self, target):
        self.threads.add(threading.current_thread())
        self.lives.append(target)
        if self.error:
            raise self.error
        box = target.style.target_box(PRESENT_BOX)
        lean = point_of(box).value
        after = tuple(0.3 * p + 0.7 * t for p, t in zip(PRESENT_BOX, box, strict=True))
        mix = _shares(ASSET_CLASSES, 0.6)
        sectors = _shares(SECTORS, 0.2)
        distance = 0.5 * sum(abs(p - t) for p, t in zip(PRESENT_BOX, box, strict=True))
        return LivePlan(
            value=float(self.household.value),
            present_box=PRESENT_BOX,
            target_box=box,
            after_box=after,
            present_mix=mix,
            target_mix=dict(target.mix or mix),
            after_mix=mix,
            sectors_before=sectors,
            sectors_after=sectors,
            misfit_before=distance,
            misfit_after=0.3 * distance,
            tax=1000 * lean,
            short_gain=0.0,
            long_gain=4000 * lean,
            spread=20.0,
            turnover=0.1,
            trades=(LiveTrade("3333", "VUG", -20000.0), LiveTrade("3333", "VBR", 19000.0)),
            objective=500.0,
            do_nothing=900.0,
            conflict=self.conflict,
        )

    def final(self, target, *, cancelled=lambda: False):
        self.finals.append(target)
        self.started.set()
        while not self.gate.wait(0.002):
            if cancelled():
                self.cancelled_runs += 1
                break
        if self.conflict:
            raise NoPlanError("No plan keeps these rules: " + ", ".join(self.conflict) + ".", self.conflict)
        live = self.live(target)
        cash = {account.id: account.cash for account in self.household.accounts}
        cash["3333"] += Decimal("18.00")

        def snapshot(box, cash):
            point = point_of(box)
            return Snapshot(
                self.household.value, live.present_mix, box, point.size, point.value, live.sectors_before, 0.98, cash
            )

        trades = (
            Trade(
                "3333",
                "VUG",
                Action.SELL,
                Decimal(50),
                Decimal("400.00"),
                Decimal("20000.00"),
                (TradeLot(8, date(2019, 5, 6), Decimal(50), Decimal("12000.00"), Decimal("8000.00"), Term.LONG),),
                "Large growth is 16 points above its target.",
                ("cash reserve",),
            ),
            Trade(
                "3333",
                "VBR",
                Action.BUY,
                Decimal(111),
                Decimal("180.00"),
                Decimal("19980.00"),
                (),
                "Small value is 14 points below its target.",
            ),
        )
        before_cash = {account.id: account.cash for account in self.household.accounts}
        return Proposal(
            household=self.household.name,
            as_of=self.household.as_of,
            trades=trades,
            before=snapshot(PRESENT_BOX, before_cash),
            target=snapshot(live.target_box, before_cash),
            after=snapshot(live.after_box, cash),
            misfit_before=live.misfit_before,
            misfit_after=live.misfit_after,
            tax=TaxOfPlan(Decimal(0), Decimal(0), Decimal(0), Decimal(0), Decimal(0)),
            costs=Costs(Decimal("20.00"), Decimal("2.00")),
            turnover=0.05,
            objective=Objective(510.0, 900.0, 505.0),
        )


MARKET = MARKET_BOX
