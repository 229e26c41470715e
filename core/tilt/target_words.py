"""What is chosen in a target, in the words of the screen: what may be sold, which lots first, how far, what for."""

from __future__ import annotations

from core.tilt.presets import presets
from core.tilt.target import SIGNALS, Destination, LotMethod, MaySell, Mode

MAY_SELL: dict[MaySell, str] = {
    MaySell.ALL: "everything",
    MaySell.LONG: "no short-term gains",
    MaySell.SHELTERED: "only in sheltered accounts",
    MaySell.NOTHING: "nothing",
}
MODES: dict[Mode, str] = {
    Mode.FULL: "the whole target",
    Mode.OUT_OF_BAND: "only what is out of its band",
    Mode.INVEST_CASH: "investing cash: buy only",
    Mode.RAISE_CASH: "raising cash: sell only",
    Mode.HARVEST: "harvesting losses",
}
LOT_METHODS: dict[LotMethod, str] = {
    LotMethod.OPTIMAL: "least tax",
    LotMethod.HIFO: "highest cost first",
    LotMethod.FIFO: "oldest first",
    LotMethod.LIFO: "newest first",
}
DESTINATIONS: dict[Destination, str] = {
    Destination.HALF: "half-way into its band",
    Destination.TARGET: "all the way to its target",
    Destination.EDGE: "just to the edge of its band",
}


def preset_words(key: str) -> str:
    """A preset as the screen names it: ``deep-small-value`` is Deep small value."""
    return "Market signals" if key == SIGNALS else presets()[key].title
