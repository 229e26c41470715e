"""Order files, read by readers written from the layouts alone, which share nothing with the program."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.export.orders import interactive_brokers, neutral, wealthscape
from core.export.orders.custodians import (
    INTERACTIVE_BROKERS,
    NEUTRAL,
    PERSHING,
    TEMPLATE,
    WEALTHSCAPE,
    Choice,
    CustodianFormats,
)
from core.export.orders.order import Order, OrderLot, OrderType, Terms, orders_of
from core.export.orders.template import shipped_template, template_from_dict
from core.export.orders.wealthscape import WealthscapeCodes
from core.export.orders.write import order_files
from core.household import SecurityType
from core.rebalance.proposal import Action
from tests.export import small_plan

CODES = WealthscapeCodes(buy="BY", sell="SL", market="M", day="D", limit="L")


def order(number=1, **more):
    values = {
        "number": number,
        "account": "12345678",
        "custodian": "Schwab",
        "symbol": "VBR",
        "cusip": None,
        "name": "Small Value",
        "type": SecurityType.ETF,
        "action": Action.BUY,
        "quantity": Decimal(10),
        "sell_all": False,
        "price": Decimal("200.10"),
        "amount": Decimal("2001.00"),
        **more,
    }
    return Order(**values)


SALE = order(
    2,
    action=Action.SELL,
    quantity=Decimal(150),
    amount=Decimal("30015.00"),
    taxed=True,
    lots=(OrderLot(date(2021, 3, 15), Decimal(100)), OrderLot(date(2022, 7, 1), Decimal(50))),
)
CLOSING = order(
    3,
    action=Action.SELL,
    symbol="VTSAX",
    type=SecurityType.MUTUAL_FUND,
    quantity=Decimal("362.1845"),
    sell_all=True,
    lots=(OrderLot(date(2020, 6, 1), Decimal("362.1845")),),
)
ORDERS = (SALE, CLOSING, order(1), order(4, account="87654321", symbol="BRK.B", type=SecurityType.STOCK))


def rows_of(file, delimiter=","):
    return list(csv.reader(io.StringIO(file.content.decode("utf-8"), newline=""), delimiter=delimiter))


# --- readers from the layouts -------------------------------------------------------------------------------------


def read_veo(text):
    """(account, side, quantity or None, symbol, lots) of every order, checked column by column."""
    found = []
    for row in csv.reader(io.StringIO(text, newline="")):
        if row[0] == "VSP":
            assert len(row) == 3
            assert len(row[1]) == 8
            month, day, year = int(row[1][:2]), int(row[1][2:4]), int(row[1][4:])
            assert found[-1][-2] == "S", "lots only under an order of method S"
            found[-1][-1].append((date(year, month, day), Decimal(row[2])))
            continue
        assert len(row) == 18
        a, b, c, d, e, f, g, h, i, j, k, time, m, n, reinvest, fee, reinvest_gains, method = row
        assert b in ("1", "2")
        assert c in ("E", "M")
        assert d in ("B", "S")
        assert e in ("S", "AS")
        assert (f == "") == (e == "AS")
        assert h == k == m == n == ""
        assert i in ("M", "L")
        assert (j == "") == (i == "M")
        assert time == "DAY"
        assert (reinvest, fee, reinvest_gains) == ("N", "Y", "N")
        assert method in ("F", "S")
        found.append([a, d, None if e == "AS" else Decimal(f), g, method, []])
    return [(a, d, q, g, lots) for a, d, q, g, _method, lots in found]


def read_basket(text):
    """The rows of a basket as dictionaries, under the heading row above each."""
    heads, found = [], []
    assert ", " not in text
    for line in text.split("\r\n"):
        if line.startswith("Action,"):
            heads = line.split(",")
        elif line:
            values = line.split(",")
            assert len(values) == len(heads), "no commas within values"
            found.append(dict(zip(heads, values, strict=True)))
    return found


# --- the neutral file ---------------------------------------------------------------------------------------------


def test_the_documented_example_of_the_neutral_file():
    sale = attrs.evolve(SALE, account="123456789")
    file = neutral.write((sale,), Terms(), "orders").files[0]
    assert file.content.decode() == (
        "123456789,1,E,S,S,150,VBR,,M,,,DAY,,,N,Y,N,S\r\nVSP,03152021,100\r\nVSP,07012022,50\r\n"
    )


def test_neutral_orders_are_the_plans():
    file = neutral.write(ORDERS, Terms(), "orders").files[0]
    assert read_veo(file.content.decode()) == [
        ("12345678", "S", Decimal(150), "VBR", [(date(2021, 3, 15), Decimal(100)), (date(2022, 7, 1), Decimal(50))]),
        ("12345678", "S", None, "VTSAX", [(date(2020, 6, 1), Decimal("362.1845"))]),
        ("12345678", "B", Decimal(10), "VBR", []),
        ("87654321", "B", Decimal(10), "BRK.B", []),
    ]


def test_undated_lots_are_not_named_and_that_is_said():
    undated = attrs.evolve(SALE, lots=(OrderLot(None, Decimal(150)),))
    file = neutral.write((undated,), Terms(), "orders").files[0]
    assert read_veo(file.content.decode()) == [("12345678", "S", Decimal(150), "VBR", [])]
    assert "purchase dates are unknown" in file.notes[0]
    assert not neutral.write((attrs.evolve(undated, taxed=False),), Terms(), "orders").files[0].notes


def test_margin_and_limit():
    margin = attrs.evolve(SALE, margin=True)
    file = neutral.write((margin, order(1)), Terms(OrderType.LIMIT, Decimal("0.005")), "orders").files[0]
    rows = [row for row in rows_of(file) if row[0] != "VSP"]
    assert rows[0][1] == "2"
    # 200.10 x 0.995 = 199.0995 up to a cent; x 1.005 = 201.1005 down to a cent
    assert (rows[0][8:10], rows[1][8:10]) == (["L", "199.10"], ["L", "201.10"])


def test_a_fund_has_no_limit():
    assert CLOSING.limit_price(Terms(OrderType.LIMIT)) is None


# --- Interactive Brokers ------------------------------------------------------------------------------------------


def test_basket_rows():
    file = interactive_brokers.write(ORDERS, Terms(), "basket").files[0]
    found = read_basket(file.content.decode())
    assert [(r["Action"], r["Quantity"], r["Symbol"], r["SecType"], r["Account"]) for r in found] == [
        ("SELL", "150", "VBR", "STK", "12345678"),
        ("SELL", "362.1845", "VTSAX", "FUND", "12345678"),
        ("BUY", "10", "VBR", "STK", "12345678"),
        ("BUY", "10", "BRK B", "STK", "87654321"),
    ]
    assert all(r["Currency"] == "USD" and r["TimeInForce"] == "DAY" and r["OrderType"] == "MKT" for r in found)
    assert len({r["BasketTag"] for r in found}) == len(found)
    assert file.content.decode().startswith("Action,Quantity,Symbol,SecType,Exchange,Currency,TimeInForce,OrderType,")


def test_a_new_heading_row_where_the_fields_change():
    file = interactive_brokers.write(ORDERS, Terms(OrderType.LIMIT), "basket").files[0]
    found = read_basket(file.content.decode())
    assert [r.get("LmtPrice") for r in found] == ["199.10", None, "201.10", "201.10"]
    assert [r["OrderType"] for r in found] == ["LMT", "MKT", "LMT", "LMT"]
    assert file.content.count(b"Action,") == 3


# --- Wealthscape --------------------------------------------------------------------------------------------------


def test_wealthscape_has_eight_columns_and_the_users_codes():
    closing = attrs.evolve(CLOSING, quantity=Decimal("362.184"), lots=())
    written = wealthscape.write((SALE, closing, order(1)), Terms(OrderType.LIMIT), "orders", CODES)
    assert rows_of(written.files[0]) == [
        ["12345678", "1", "SL", "150", "VBR", "L", "D", "199.10"],
        ["12345678", "1", "SL", "362.184", "VTSAX", "M", "D", ""],
        ["12345678", "1", "BY", "10", "VBR", "L", "D", "201.10"],
    ]


def test_wealthscape_leaves_out_what_it_cannot_carry():
    written = wealthscape.write((CLOSING, order(1)), Terms(), "orders", CODES)
    assert [item.order.symbol for item in written.left_out] == ["VTSAX"]
    assert "3 decimals" in written.left_out[0].why


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (attrs.evolve(CODES, buy=""), "missing"),
        (attrs.evolve(CODES, buy="BUYS"), "at most 3"),
        (attrs.evolve(CODES, sell="BY"), "same code"),
        (attrs.evolve(CODES, day="=D"), "letters or digits"),
    ],
)
def test_wealthscape_codes_are_asked_for_never_guessed(codes, said):
    with pytest.raises(InputError, match=said):
        wealthscape.write(ORDERS, Terms(), "orders", codes)


def test_a_limit_needs_its_code():
    with pytest.raises(InputError, match="limit is missing"):
        wealthscape.write(ORDERS, Terms(OrderType.LIMIT), "orders", attrs.evolve(CODES, limit=""))


# --- Pershing and templates ---------------------------------------------------------------------------------------


def test_pershing_keeps_equities_and_funds_apart():
    closing = attrs.evolve(CLOSING, quantity=Decimal("362.184"))
    formats = CustodianFormats({"Pershing": Choice(PERSHING)})
    written = order_files([attrs.evolve(o, custodian="Pershing") for o in (SALE, closing, order(1))], formats)
    files = {file.name: rows_of(file) for file in written.files}
    assert set(files) == {"orders-pershing-equities.csv", "orders-pershing-funds.csv"}
    assert [row[5] for row in files["orders-pershing-equities.csv"][1:]] == ["VBR", "VBR"]
    assert [(row[3], row[4], row[5]) for row in files["orders-pershing-funds.csv"][1:]] == [("362.184", "ALL", "VTSAX")]


TEMPLATE_DOCUMENT = {
    "name": "Ours",
    "delimiter": "tab",
    "extension": "txt",
    "date_format": "%Y-%m-%d",
    "columns": [
        {"title": "Acct", "field": "account", "width": 12},
        {"title": "Side", "field": "action"},
        {"title": "Kind", "field": "quantity_type"},
        {"title": "Qty", "field": "quantity_or_blank"},
        {"title": "Ticker", "field": "symbol"},
        {"title": "Desk", "constant": "EQ"},
        {"title": "Note", "field": "name", "width": 20},
    ],
    "lot_columns": [
        {"constant": "LOT"},
        {"field": "lot_date"},
        {"field": "lot_quantity"},
    ],
    "codes": {"action": {"buy": "1", "sell": "2"}, "quantity_type": {"shares": "SHR", "all": "ALL"}},
}


def test_a_template_writes_what_it_says():
    template = template_from_dict(TEMPLATE_DOCUMENT, "ours.toml")
    named = attrs.evolve(SALE, name="=SUM(A1)\tFund & Söhne, long name")
    written = order_files((named, CLOSING), CustodianFormats({"schwab": Choice(TEMPLATE, template)}))
    (file,) = written.files
    assert file.name == "orders-schwab-ours.txt"
    assert rows_of(file, "\t") == [
        ["Acct", "Side", "Kind", "Qty", "Ticker", "Desk", "Note"],
        ["12345678", "2", "SHR", "150", "VBR", "EQ", "'=SUM(A1) Fund & Söh"],
        ["LOT", "2021-03-15", "100"],
        ["LOT", "2022-07-01", "50"],
        ["12345678", "2", "ALL", "", "VTSAX", "EQ", "Small Value"],
        ["LOT", "2020-06-01", "362.1845"],
    ]


def test_a_template_splits_by_account_without_numbers_in_file_names():
    template = template_from_dict({**TEMPLATE_DOCUMENT, "split": "accounts"}, "x")
    written = order_files(ORDERS, CustodianFormats({"schwab": Choice(TEMPLATE, template)}))
    assert [file.name for file in written.files] == [
        "orders-schwab-ours-account-1.txt",
        "orders-schwab-ours-account-2.txt",
    ]
    assert [{o.account for o in file.orders} for file in written.files] == [{"12345678"}, {"87654321"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "needs a name"),
        ({"colums": []}, "no key 'colums'"),
        ({"delimiter": "space"}, "delimiter must be one of"),
        ({"header": "yes"}, "true or false"),
        ({"decimals": 12}, "0 to 9"),
        ({"columns": [{"title": "A", "field": "acount"}]}, "no field 'acount'"),
        ({"columns": [{"title": "A", "field": "account"}]}, "no column holds the action"),
        ({"columns": [{"field": "account", "constant": "x"}]}, "not both"),
        ({"columns": [{"title": "=cmd()", "field": "account"}]}, "begin like a formula"),
        ({"codes": {"action": {"buy": "1", "sell": "1"}}}, "one code for two"),
        ({"codes": {"weather": {}}}, "no code list"),
        ({"codes": {"action": {"buy": "@x"}}}, "text codes"),
        ({"lot_columns": [{"field": "lot_date"}]}, "both lot_date and lot_quantity"),
        ({"lot_columns": [{"field": "lot_date"}, {"field": "lot_quantity"}]}, "marks the row"),
        ({"takes": ["shoe"]}, "kinds of security"),
        ({"extension": "../csv"}, "extension"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(change, said):
    with pytest.raises(InputError, match=said):
        template_from_dict({**TEMPLATE_DOCUMENT, **change}, "ours.toml")


@pytest.mark.parametrize("name", ["schwab", "pershing"])
def test_shipped_templates_work_and_name_themselves_a_start(name):
    template = shipped_template(name)
    assert "your own mapping" in template.name
    closing = attrs.evolve(CLOSING, quantity=Decimal("362.184"))
    written = order_files((SALE, closing), CustodianFormats({"Schwab": Choice(TEMPLATE, template)}))
    assert sum(len(file.orders) for file in written.files) == 2


# --- all formats --------------------------------------------------------------------------------------------------

CHOICES = {
    NEUTRAL: Choice(NEUTRAL),
    INTERACTIVE_BROKERS: Choice(INTERACTIVE_BROKERS),
    WEALTHSCAPE: Choice(WEALTHSCAPE, codes=CODES),
    PERSHING: Choice(PERSHING),
    TEMPLATE: Choice(TEMPLATE, template_from_dict(TEMPLATE_DOCUMENT, "x")),
}


@st.composite
def many_orders(draw):
    orders = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        kind = draw(st.sampled_from([SecurityType.STOCK, SecurityType.ETF, SecurityType.MUTUAL_FUND]))
        digits = 3 if kind is SecurityType.MUTUAL_FUND else 0
        parts = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=4))
        units = [Decimal(part).scaleb(-digits) for part in parts]
        action = draw(st.sampled_from(Action))
        dated = draw(st.booleans())
        lots = tuple(
            OrderLot(draw(st.dates(date(1990, 1, 1), date(2026, 11, 1))) if dated else None, unit) for unit in units
        )
        quantity, price = sum(units), Decimal(draw(st.integers(1, 10**6))).scaleb(-2)
        orders.append(
            order(
                number,
                account=draw(st.sampled_from(["11112222", "Z40-518862", "*0042"])),
                symbol=draw(st.sampled_from(["VTI", "BRK.B", "AAA", "VTSAX"])),
                type=kind,
                action=action,
                quantity=quantity,
                sell_all=action is Action.SELL and draw(st.booleans()),
                price=price,
                amount=(quantity * price).quantize(Decimal("0.01")),
                margin=draw(st.booleans()),
                taxed=draw(st.booleans()),
                lots=lots if action is Action.SELL else (),
            )
        )
    return orders


@pytest.mark.parametrize("name", CHOICES)
@given(orders=many_orders(), limited=st.booleans())
def test_every_order_is_in_a_file_or_left_out_with_a_reason(name, orders, limited):
    terms = Terms(OrderType.LIMIT if limited else OrderType.MARKET)
    written = order_files(orders, CustodianFormats({"Schwab": CHOICES[name]}, terms=terms))
    inside = [o.number for file in written.files for o in file.orders]
    assert sorted([*inside, *(item.order.number for item in written.left_out)]) == [o.number for o in orders]
    assert all(item.why for item in written.left_out)


@given(orders=many_orders())
def test_sums_of_every_account_are_the_plans(orders):
    (file,) = order_files(orders, CustodianFormats()).files
    units, lots = defaultdict(Decimal), defaultdict(Decimal)
    for account, side, quantity, symbol, parts in read_veo(file.content.decode()):
        units[account, side, symbol] += quantity or 0
        lots[account, symbol] += sum((q for _day, q in parts), Decimal(0))
    expected, expected_lots = defaultdict(Decimal), defaultdict(Decimal)
    for o in orders:
        side = "B" if o.action is Action.BUY else "S"
        expected[o.account, side, o.symbol] += 0 if o.sell_all else o.quantity
        dated = all(lot.acquired is not None for lot in o.lots)
        expected_lots[o.account, o.symbol] += sum((lot.quantity for lot in o.lots), Decimal(0)) if dated else 0
    assert units == expected
    assert {k: v for k, v in lots.items() if v} == {k: v for k, v in expected_lots.items() if v}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("bad", ["=1+1", "+12", "-12", "@SUM", "\t12", "12\r34", '12"34', "12,34", "12;=cmd", ""])
def test_what_could_be_a_formula_never_stands_as_an_account(name, bad):
    with pytest.raises(InputError, match="No order file was written"):
        order_files([order(account=bad)], CustodianFormats({"Schwab": CHOICES[name]}))


@pytest.mark.parametrize("name", CHOICES)
def test_what_could_be_a_formula_never_stands_as_a_symbol(name):
    with pytest.raises(InputError, match="symbol"):
        order_files([order(symbol="=HYPERLINK(1)")], CustodianFormats({"Schwab": CHOICES[name]}))


def test_accounts_get_the_custodians_numbers():
    formats = CustodianFormats(accounts={"...234": "55512234"})
    (file,) = order_files([order(account="...234")], formats).files
    assert rows_of(file)[0][0] == "55512234"


def test_two_accounts_never_go_under_one_number():
    formats = CustodianFormats(accounts={"A1": "12345678"})
    with pytest.raises(InputError, match="both mapped to the number 12345678"):
        order_files([order(account="A1"), order(2, account="12345678")], formats)


def test_each_custodian_has_its_own_file():
    written = order_files(
        [
            order(1, custodian="Interactive Brokers LLC"),
            order(2, custodian="Schwab"),
            order(3, custodian=None),
            order(4, custodian="SCHWAB"),
        ],
        CustodianFormats(),
    )
    assert [file.name for file in written.files] == [
        "orders-interactive-brokers-llc-interactive-brokers.csv",
        "orders-schwab-neutral.csv",
        "orders-no-custodian-neutral.csv",
        "orders-schwab-neutral-2.csv",
    ]


def test_a_file_that_would_not_read_back_is_not_written():
    # Two kinds of quantity under one code: the reader would take all shares for a number.
    template = template_from_dict(TEMPLATE_DOCUMENT, "x")
    unclear = attrs.evolve(template, codes={**template.codes, "quantity_type": {"shares": "Q", "all": "Q"}})
    with pytest.raises(InputError, match=r"not written|is no order"):
        order_files((SALE, CLOSING), CustodianFormats({"Schwab": Choice(TEMPLATE, unclear)}))


# --- from a plan --------------------------------------------------------------------------------------------------


def test_orders_of_a_plan():
    orders = orders_of(small_plan.proposal(), small_plan.household())
    assert [(o.account, o.symbol, o.action, o.quantity, o.sell_all) for o in orders] == [
        ("*0042", "AAA", Action.SELL, Decimal("120.5"), False),
        ("*0042", "BBB", Action.SELL, Decimal(45), False),
        ("*0042", "SV", Action.BUY, Decimal(605), False),
        ("42", "912828XX1", Action.SELL, Decimal(3000), False),
        ("42", "SV", Action.BUY, Decimal("301.005"), False),
    ]
    written = order_files(orders, CustodianFormats())
    assert [item.order.symbol for item in written.left_out] == ["912828XX1"]
    assert "not a bond" in written.left_out[0].why


def test_a_sale_of_everything_in_the_account_says_so():
    whole = small_plan.sale("*0042", "BBB", "20.03", [(2, "40", None, None), (3, "7", "100", "40.21")], "941.41")
    elsewhere = small_plan.sale("42", "AAA", "50", [(4, "60", "1000", "2000")], "3000")
    orders = orders_of(small_plan.proposal((whole, elsewhere)), small_plan.household())
    assert [o.sell_all for o in orders] == [True, True]
    part = small_plan.sale("*0042", "AAA", "50", [(0, "100", "6100", "-1100")], "5000")
    assert not orders_of(small_plan.proposal((part,)), small_plan.household())[0].sell_all


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12345678,1,E,S,S,150,VBR\r\n", "7 columns"),
        ("12345678,1,E,X,S,150,VBR,,M,,,DAY,,,N,Y,N,S\r\n", "no order of this layout"),
        ("VSP,03152021,100\r\n", "3 columns"),
        ("12345678,1,E,S,S,150,VBR,,M,,,DAY,,,N,Y,N,S\r\nVSP,99992021,100\r\n", "row 2"),
    ],
)
def test_a_damaged_neutral_file_is_refused_with_its_row(text, said):
    with pytest.raises(InputError, match=said):
        neutral.read(text.encode())
