"""Households of every kind: many accounts and one, tiny and huge, debts, holdings nobody knows."""

from datetime import date

HEAD = "Account Number,Account Name,Symbol,Description,Quantity,Price,Market Value,Cost Basis,Date Acquired\n"
TODAY = date(2026, 3, 2)
LONG = "The Alexandrina Featherstonehaugh-Cholmondeley Irrevocable Grantor Retained Annuity Trust"
KINDS = ("Joint brokerage", "Rollover IRA", "Roth IRA", "401(k)", "Family trust", "HSA", "Inherited IRA", "SEP IRA")


def household_of(folder, name, lines):
    from core.edits import ImportHousehold
    from core.importing.read import read_files

    path = folder / f"{name} {TODAY.isoformat()}.csv"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return ImportHousehold(read_files([path], today=TODAY, collect_errors=True))


def files_of(folder, *, broken=True):
    (folder / "joint.csv").write_text(
        HEAD + "900,Joint brokerage,VOO,Vanguard S&P 500 ETF,300,600.00,180000.00,95000.00,03/15/2021\n"
        "900,Joint brokerage,QQQZ,Quartz Growth Trust,120,45.00,5400.00,,\n"
    )
    (folder / "ira.csv").write_text(
        HEAD + "901,Rollover IRA,VBR,Vanguard Small-Cap Value ETF,150,200.00,30000.00,24000.00,03/15/2021\n"
    )
    found = [folder / "joint.csv", folder / "ira.csv"]
    if broken:
        (folder / "Realized_Gains.csv").write_text(
            "Symbol,Closed Date,Quantity,Proceeds,Cost Basis,Realized Gain\nVOO,01/12/2026,10,6000.00,3000.00,3000.00\n"
        )
        (folder / "notes.csv").write_text("Depot;Stück;Kurs\nA;12;3,50\n")
        found += [folder / "Realized_Gains.csv", folder / "notes.csv"]
    return found


def many_accounts():
    lines = []
    for n in range(25):
        name = LONG if n == 3 else f"{KINDS[n % len(KINDS)]} {n + 1}"
        for symbol, words, price in (("VTI", "Vanguard Total Stock Market ETF", 325), ("AAPL", "Apple Inc.", 281)):
            lines.append(
                f"{7000 + n},{name},{symbol},{words},{40 + n},{price}.00,{(40 + n) * price}.00,9000.00,03/15/2021"
            )
        lines.append(f"{7000 + n},{name},,Cash,,,{500 + 37 * n}.25,,")
    return lines


def one_account():
    return [
        "1,Individual,VOO,Vanguard S&P 500 ETF,30,600.00,18000.00,9500.00,03/15/2021",
        "1,Individual,,Cash,,,250.00,,",
    ]


def tiny():
    return [
        "1,Individual,VOO,Vanguard S&P 500 ETF,0.4127,600.00,247.62,201.10,03/15/2021",
        "1,Individual,,Cash,,,3.12,,",
    ]


def huge():
    return [
        "1,Foundation,BRK.B,Berkshire Hathaway Class B,9400000,512.40,4816560000.00,310200000.00,03/15/2011",
        "1,Foundation,VOO,Vanguard S&P 500 ETF,3100000,600.00,1860000000.00,950000000.00,03/15/2018",
        "2,Foundation IRA,VTV,Vanguard Value ETF,1200000,190.15,228180000.00,140000000.00,03/15/2018",
        "1,Foundation,,Cash,,,31250000.00,,",
    ]


def negative_cash():
    return [
        "1,Margin account,VOO,Vanguard S&P 500 ETF,300,600.00,180000.00,95000.00,03/15/2021",
        "1,Margin account,,Cash,,,-24310.55,,",
        "2,Roth IRA,VBR,Vanguard Small-Cap Value ETF,150,200.00,30000.00,24000.00,03/15/2021",
    ]


def unknown_holdings():
    lines = [
        f"1,{LONG},,Private Placement Fund Series {chr(65 + n)} of the Long-Named Partners II,{100 + n},97.50,"
        f"{(100 + n) * 97.5:.2f},,"
        for n in range(6)
    ]
    return [*lines, "1,Individual,QZXW,Quartz Exploration Warrants 2031,1200,3.10,3720.00,,", *one_account()]


def of(make, page, tab=None):
    def go(_app, window, folder):
        window.bench.session.push(household_of(folder, "Positions", make()))
        window.show_page(page)
        if tab is not None:
            window.household_page.tabs.setCurrentIndex(tab)

    return go


def after_import(page):
    def go(_app, window, folder):
        from core.edits import ImportHousehold
        from core.importing.read import read_files

        window.bench.session.push(ImportHousehold(read_files(files_of(folder), today=TODAY, collect_errors=True)))
        window.show_page(page)
        if page == "household":
            window.household_page.tabs.setCurrentIndex(2)

    return go


def at_target(_app, window, folder):
    """A household that needs no trades."""
    import attrs

    from core.edits import SetTarget
    from core.tilt.target import Style, Target

    window.bench.session.push(household_of(folder, "Positions", one_account()))
    target = Target(style=Style(preset="market"))
    trading = attrs.evolve(target.trading, cash_reserve=0.0, eagerness=0.0)
    window.bench.session.push(SetTarget(attrs.evolve(target, trading=trading)))
    window.show_page("trades")


STATES = {
    "accounts-25": of(many_accounts, "household"),
    "accounts-25-trades": of(many_accounts, "trades"),
    "accounts-25-bars": of(many_accounts, "household", 1),
    "account-1": of(one_account, "household"),
    "tiny": of(tiny, "trades"),
    "huge": of(huge, "household"),
    "huge-trades": of(huge, "trades"),
    "huge-target": of(huge, "target"),
    "negative-cash": of(negative_cash, "household"),
    "negative-cash-trades": of(negative_cash, "trades"),
    "unknown-holdings": of(unknown_holdings, "household"),
    "unknown-holdings-target": of(unknown_holdings, "target"),
    "trades-at-target": at_target,
    "after-import": after_import("household"),
    "after-import-trades": after_import("trades"),
}
