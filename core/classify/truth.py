"""The order of truth: which source decides what a security is made of.

For each field the first source that answers wins: the adviser's override, the kind of security itself (cash, a
money-market fund, a bond, an option), live profiles where given, the core table, the wide list, companies by name, name
rules. What none of them knows stays unclassified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.classify.answer import Answer, Query, Source, merge
from core.classify.core_table import CoreTable, find
from core.classify.exposure import Confidence, Exposure
from core.classify.name_words import BILLS_ARE_CASH, TREASURY_BILL
from core.classify.overrides import Override, OverrideTable
from core.classify.rules import expand
from core.classify.symbols import normalise_symbol
from core.classify.wording import has, spelled_out
from core.household import Household, Security, SecurityType

KIND_SOURCE = "kind of security"

_KINDS: Mapping[SecurityType, tuple[str, str]] = {
    SecurityType.CASH: ("cash", ""),
    SecurityType.MONEY_MARKET: ("cash", ""),
    SecurityType.BOND: ("bonds", ""),
    SecurityType.OPTION: ("other", "an option: what it adds to or takes from its underlying is not modelled"),
}


def is_treasury_bill(name: str) -> bool:
    """Whether a bond's name says that it is a Treasury bill."""
    return has(TREASURY_BILL, spelled_out(name))


class KindOfSecurity:
    """Securities whose kind alone decides the class."""

    def answer(self, query: Query) -> Answer | None:
        """Cash, bonds or other by the query's type; None for stocks, and for funds that the core table knows.

        A file may call a bond fund a bond, or give a bond its issuer's ticker: the fund is what the table says, the
        bond is a bond. A Treasury bill matures within a year: it is cash, as funds of bills are.
        """
        if query.type is None or query.type not in _KINDS:
            return None
        row = find(query.symbol) if query.type is not SecurityType.OPTION else None
        if row is not None and row.type is not SecurityType.STOCK:
            return None
        rule, note = _KINDS[query.type]
        if query.type is SecurityType.BOND and is_treasury_bill(query.name):
            rule, note = "cash", BILLS_ARE_CASH
        vectors = expand(rule)
        return Answer(
            source=f"{KIND_SOURCE}: {query.type.value}",
            as_of=None,
            confidence=Confidence.HIGH,
            mix=vectors.mix,
            style_box=vectors.style_box,
            sectors=vectors.sectors,
            note=note,
            type=query.type,
            final=True,
        )


class Classifier:
    """Classifies securities by the order of truth. Immutable: the same question gets the same answer.

    overrides : the adviser's own classifications.
    live : sources of live profiles, best first; they rank under the overrides and the kind of security.
    """

    def __init__(
        self,
        overrides: Mapping[str, Override] | Iterable[Override] = (),
        live: Sequence[Source] = (),
    ) -> None:
        self._sources: tuple[Source, ...] = (
            OverrideTable(overrides),
            KindOfSecurity(),
            *live,
            CoreTable(),
            *_last_sources(),
        )
        self._known: dict[Query, Exposure] = {}

    def classify(
        self,
        symbol: str,
        name: str = "",
        type_: SecurityType | None = None,
        cusip: str | None = None,
    ) -> Exposure:
        """The exposure of one security; `unclassified` where nothing is known of it.

        symbol : ticker in any spelling, or "" where there is none.
        name, type_, cusip : what the file says; they help where the symbol is in no table.
        """
        query = Query(normalise_symbol(symbol) or (cusip or ""), name.strip(), type_, cusip)
        known = self._known.get(query)
        if known is None:
            known = self._known[query] = merge(query, self._answers(query))
        return known

    def _answers(self, query: Query) -> Iterator[Answer]:
        for source in self._sources:
            answer = source.answer(query)
            if answer is not None:
                yield answer
                if answer.final:
                    return

    def classify_security(self, security: Security) -> Exposure:
        """The exposure of a household's security."""
        return self.classify(security.symbol or "", security.name, security.type, security.cusip)

    def classify_household(self, household: Household) -> dict[str, Exposure]:
        """The exposure of each of the household's securities, by security id, in the household's order."""
        return {security.id: self.classify_security(security) for security in household.securities}


def _last_sources() -> tuple[Source, ...]:
    from core.classify.company_names import CompanyNames
    from core.classify.name_rules import NameRules
    from core.classify.wide_list import WideList

    return (WideList(), CompanyNames(), NameRules())
