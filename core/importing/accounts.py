"""Account numbers behind masks, and the tax kind that an account's name suggests."""

from __future__ import annotations

import re
from functools import lru_cache

from core.household import AccountKind

_MASKED = re.compile(r"(?P<mask>[Xx*#•]+[-. ]?|\.{2,}[Xx]*|…[Xx]*)(?P<tail>[A-Za-z0-9]{2,})")
_SIGNS = re.compile(r"[\s\-.]")


@lru_cache(maxsize=1 << 12)
def visible_digits(account: str) -> tuple[str, bool]:
    """What is legible of an account number, in upper case, and whether the front of it is masked.

    ``XXXX-4321`` and ``...4321`` -> ("4321", True); ``Z00-000001`` -> ("Z00000001", False). A number that only
    starts with an X, as some brokers' do (``X12345678``), is not masked.
    """
    text = account.strip()
    match = _MASKED.fullmatch(text)
    if match and (match["mask"][0] not in "Xx" or len(match["mask"]) >= 2):
        return match["tail"].upper(), True
    return _SIGNS.sub("", text).upper(), False


def same_account(one: str, other: str) -> bool:
    """Whether two account numbers of one custodian can be the same number: equal, or one masked and fitting."""
    (a, a_masked), (b, b_masked) = visible_digits(one), visible_digits(other)
    if a == b:
        return True
    if min(len(a), len(b)) < 3:
        return False
    return (a_masked and b.endswith(a)) or (b_masked and a.endswith(b))


# In order: the first that is found decides. "Roth 401(k)" is Roth, "IRA" in a trust's name still an IRA.
_KINDS: tuple[tuple[AccountKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.IGNORECASE))
    for kind, words in (
        (AccountKind.ROTH, r"roth\w*"),
        (AccountKind.HSA, r"hsa|health savings"),
        (AccountKind.EDUCATION, r"529|education savings|coverdell|college savings"),
        (
            AccountKind.TRADITIONAL,
            r"ira|iras|sepira|simpleira|rollover|sep|401 ?\(?[ak]\)?|403 ?\(?b\)?|457 ?\(?b?\)?|tsp|thrift savings|"
            r"pension|keogh|profit[- ]sharing|retirement|retire|brokeragelink|deferred comp\w*|pcra|annuity",
        ),
        (AccountKind.TRUST, r"trust|trustee|trustees|ttee|tr u/?a|living tr|revocable|irrevocable"),
        (
            AccountKind.TAXABLE,
            r"individual|joint|jtwros|jt|tenants?|wros|tod|transfer on death|taxable|brokerage|community property|"
            r"custodial|utma|ugma|cma|investment account|cash management|margin",
        ),
    )
)


def kind_from_name(name: str) -> AccountKind | None:
    """The tax kind an account's name or registration suggests, or None where it suggests none."""
    text = name.replace("_", " ")
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
