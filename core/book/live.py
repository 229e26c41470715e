"""What a refresh found out about a household's securities, as it is kept: the answers themselves.

The sources of a document are objects of the classifier with whole profiles and price histories behind them. A book
keeps what each of them answers for each security of the household, in the order of the sources; that is all that the
classification of the household can ask of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from core.classify.answer import Answer, Query, Source
from core.classify.symbols import normalise_symbol
from core.household import Household, Security


@attrs.frozen
class KeptAnswers:
    """A source that says again what it was kept for; by normalised symbol, else CUSIP."""

    answers: Mapping[str, Answer]

    def answer(self, query: Query) -> Answer | None:
        """The answer that was kept."""
        return self.answers.get(query.symbol)


def query_of(security: Security) -> Query:
    """The question that the classifier asks of a security (core/classify/truth.py)."""
    symbol = normalise_symbol(security.symbol or "") or (security.cusip or "")
    return Query(symbol, security.name.strip(), security.type, security.cusip)


def kept_answers(household: Household, sources: Iterable[Source]) -> tuple[KeptAnswers, ...]:
    """What each source answers for the household's securities; sources that answer nothing are left out."""
    queries = [query_of(security) for security in household.securities]
    kept = []
    for source in sources:
        answers = {query.symbol: answer for query in queries if (answer := source.answer(query)) is not None}
        if answers:
            kept.append(KeptAnswers(answers))
    return tuple(kept)
