"""One id for a security that files name differently: by its ticker in one, by its CUSIP in another."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from core.household import Security
from core.importing.held import renamed_records
from core.importing.records import Reading


def unify_securities(readings: Sequence[Reading]) -> None:
    """Give a security that one file knows by CUSIP alone the id it has in files that print its ticker too.

    A CUSIP that stands beside two tickers proves nothing and changes nothing.
    """
    tickers: dict[str, Security | None] = {}
    for reading in readings:
        for security in reading.securities.values():
            if security.cusip and security.id != security.cusip:
                known = tickers.setdefault(security.cusip, security)
                if known is not None and known.id != security.id:
                    tickers[security.cusip] = None
    for reading in readings:
        renamed = {
            identity: found
            for identity, security in reading.securities.items()
            if security.cusip == identity and (found := tickers.get(identity)) is not None
        }
        if renamed:
            _rename(reading, renamed)


def _rename(reading: Reading, renamed: dict[str, Security]) -> None:
    for old, security in renamed.items():
        own = reading.securities.pop(old)
        kept = attrs.evolve(own, id=security.id, symbol=security.symbol)
        reading.securities.setdefault(security.id, kept)
    names = {old: security.id for old, security in renamed.items()}
    for account in reading.accounts.values():
        account.positions = renamed_records(account.positions, names)
        account.lots = renamed_records(account.lots, names)
