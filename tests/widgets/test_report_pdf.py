"""The client report as a PDF: its text is read back by another program and holds every figure of the report."""

import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal

import attrs
import pytest
from PySide6.QtGui import QColor, QImage

from core.errors import InputError
from core.export.report import Letterhead, report_data
from core.export.report_words import per_cent
from core.household import AccountKind
from core.market.observations import snapshot
from core.market.quote import MarketView
from core.market.refresh import refresh
from core.tax.situation import TaxSituation
from core.tax.tables import FilingStatus
from core.tilt.target import TaxSettings
from tests.export import small_plan
from tests.market.fake_sources import DAY as MARKET_DAY
from tests.market.fake_sources import fake_sources
from widgets.report.pdf import read_logo, report_pdf, write_report

DAY = date(2026, 11, 25)


@pytest.fixture
def report(qapp):
    return report_data(
        small_plan.proposal(),
        small_plan.household(),
        small_plan.TARGET,
        Letterhead("Ada Keel & Söhne"),
        DAY,
        MarketView(snapshot(), DAY),
    )


def pages_of(content, folder, mode="-layout"):
    """The text of every page, by poppler; skips where it is not installed. ``mode`` -raw keeps paragraphs whole."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = folder / "read.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", mode, path, "-"], check=True, capture_output=True, timeout=60)
    assert not done.stderr
    return done.stdout.decode().split("\f")[:-1]


def flat(text):
    """One line; a word that is broken after its hyphen is whole again."""
    return re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(text.split()))


def large_plan(accounts=40, orders=300):
    """Many accounts with long names, and more orders than are listed."""
    base = small_plan.household()
    many = tuple(
        attrs.evolve(base.accounts[1], id=f"7000{i:04d}", name=f"A very long name of account number {i} " * 3)
        for i in range(accounts)
    )
    household = attrs.evolve(base, accounts=(*base.accounts, *many))
    trades = tuple(
        attrs.evolve(
            small_plan.purchase("42", "SV", str(100 + i), "10.001", f"{(100 + i) * 10.001:.2f}"),
            account=many[i % accounts].id,
            reason="Adds to small value: 1 % of the household today.",
        )
        for i in range(orders)
    )
    plan = attrs.evolve(
        small_plan.proposal(),
        trades=trades,
        after=attrs.evolve(small_plan.proposal().after, cash={a.id: Decimal(0) for a in household.accounts}),
    )
    return plan, household


def test_every_figure_and_sentence_is_in_the_text(report, tmp_path):
    pages = pages_of(report_pdf(report, DAY), tmp_path)
    text = flat(" ".join(pages))
    assert 2 <= len(pages) <= 4
    for tile in report.tiles:
        assert tile.figure in text
        assert tile.note in text
    for box in (report.before, report.target, report.after):
        for share in box:
            assert per_cent(share) in text
    for bar in report.mix:
        assert f"{per_cent(bar.before)} \u2192 {per_cent(bar.after)}" in text
    for label, amount in report.tax_lines:
        assert re.search(re.escape(label) + " +" + re.escape(amount), text), label
    for account in report.accounts:
        for order in account.orders:
            assert re.search(rf"{order.action} +{order.quantity} +{order.symbol}\b", text), order
            assert order.amount in text
    for sentence in (*report.summary, *report.why, *report.tax_words, *report.given_up, *report.limits):
        assert flat(sentence) in text
    whole = flat(" ".join(pages_of(report_pdf(report, DAY), tmp_path, "-raw")))
    for sentence in report.case_words:
        assert flat(sentence) in whole
    for point in report.case:
        label = f"{ ({True: 'For', False: 'Against', None: 'Beside'}[point.speaks_for]) } {point.side}".strip()
        assert f"{label} {flat(point.text)} {point.source}, {point.as_of}" in whole
    assert "Ada Keel & Söhne" in text
    assert report.dated in text


def test_pages_are_numbered_and_names_cannot_harm(report, tmp_path):
    pages = pages_of(report_pdf(report, DAY), tmp_path)
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in flat(page)
    text = flat(" ".join(pages))
    assert "=1+1 Fund" in text  # ink, not a formula
    assert "+Doe & Söhne \ufffd" in text


def test_a_large_household_stays_within_four_pages(qapp, tmp_path):
    plan, household = large_plan()
    report = report_data(plan, household, small_plan.TARGET, Letterhead("Ada"), DAY, MarketView(snapshot(), DAY))
    pages = pages_of(report_pdf(report, DAY), tmp_path)
    assert len(pages) <= 4
    text = flat(" ".join(pages))
    assert text.count("smaller order") == sum(bool(a.rest and a.orders) for a in report.accounts)
    assert "30 other accounts: 220 orders" in text


def test_the_longest_case_and_tax_still_leave_room(qapp, tmp_path):
    plan, household = large_plan()
    case = snapshot().adding(refresh(fake_sources(), MARKET_DAY, lambda _words: None).observations)
    situation = TaxSituation(2026, FilingStatus.SINGLE, 400000, state_rate=Decimal("0.05"))
    target = attrs.evolve(small_plan.TARGET, tax=TaxSettings(situation=situation))
    report = report_data(plan, household, target, Letterhead("Ada"), DAY, MarketView(case, DAY))
    assert len(report.case) > 30
    assert len(report.tax_lines) > 5
    pages = pages_of(report_pdf(report, DAY), tmp_path)
    assert len(pages) <= 4


def test_equal_input_gives_equal_bytes(report):
    assert report_pdf(report, DAY) == report_pdf(report, DAY)
    assert report_pdf(report, DAY) != report_pdf(attrs.evolve(report, household="Another"), DAY)


def test_a_logo_is_drawn_and_a_bad_one_refused(report, tmp_path):
    logo = tmp_path / "logo.png"
    image = QImage(2000, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("navy"))
    image.save(str(logo))
    plain = report_pdf(report, DAY)
    assert max(read_logo(logo).width(), read_logo(logo).height()) <= 900
    with_logo = report_pdf(attrs.evolve(report, letterhead=Letterhead("Ada", logo)), DAY)
    assert b"/Subtype /Image" in with_logo
    assert b"/Subtype /Image" not in plain
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    with pytest.raises(InputError, match="no picture"):
        report_pdf(attrs.evolve(report, letterhead=Letterhead("Ada", bad)), DAY)


def test_an_existing_file_is_replaced_only_when_asked(report, tmp_path):
    path = tmp_path / "r.pdf"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists already"):
        write_report(report, DAY, path, overwrite=False)
    assert path.read_bytes() == b"mine"
    write_report(report, DAY, path, overwrite=True)
    assert path.read_bytes().startswith(b"%PDF")


def test_without_trades_stocks_or_a_name(qapp, tmp_path):
    household = attrs.evolve(
        small_plan.household(),
        accounts=tuple(attrs.evolve(a, name="", kind=AccountKind.OTHER) for a in small_plan.household().accounts),
    )
    plan = small_plan.proposal(())
    empty = attrs.evolve(plan.before, style_box=(0.0,) * 9, mix={})
    plan = attrs.evolve(plan, before=empty, target=empty, after=attrs.evolve(plan.after, style_box=(0.0,) * 9, mix={}))
    pages = pages_of(report_pdf(report_data(plan, household, small_plan.TARGET, Letterhead(), DAY), DAY), tmp_path)
    assert "propose to change nothing" in flat(pages[0])
