"""Colour roles keep their contrast, icons are drawn, the sheet is whole, the system is followed."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from core.classify.exposure import ASSET_CLASSES
from widgets import theme
from widgets.box_editor import SHADE, after_ink
from widgets.theme import apply_theme, set_mark
from widgets.theme.apply import set_text_size
from widgets.theme.icons import program_picture
from widgets.theme.style_sheet import style_sheet
from widgets.theme.tokens import load_tokens

MODES = ("light", "dark")


def _ratio(first, second):
    """WCAG contrast, written out here apart from the theme's own."""

    def luminance(colour):
        parts = []
        for part in (colour.red(), colour.green(), colour.blue()):
            c = part / 255
            parts.append(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    a, b = sorted((luminance(first), luminance(second)))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "role", ["text", "text_muted", "error", "warning", "info", "ok", "gain", "loss", "target", "after"]
)
@pytest.mark.parametrize("ground", ["window", "surface", "raised", "sunken", "accent_soft"])
def test_words_can_be_read(mode, role, ground):
    tokens = load_tokens(mode)
    assert _ratio(getattr(tokens, role), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("role", "ground"),
    [
        ("text", "accent_soft"),
        ("accent_text", "accent"),
        ("accent_text", "accent_hover"),
        ("error", "error_soft"),
        ("warning", "warning_soft"),
        ("info", "info_soft"),
        ("ok", "ok_soft"),
        ("text", "error_soft"),
        ("text", "warning_soft"),
        ("text", "info_soft"),
        ("text_muted", "pad_low"),
        ("text_muted", "pad_high"),
        ("target", "pad_low"),
        ("after", "pad_low"),
    ],
)
def test_words_can_be_read_on_their_own_grounds(mode, role, ground):
    tokens = load_tokens(mode)
    assert _ratio(getattr(tokens, role), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_every_pair_of_the_style_sheet_can_be_read(mode):
    tokens, seen = load_tokens(mode), 0
    sheet = (files("resources") / "themes" / "style.qss").read_text(encoding="utf-8")
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.replace("${", "$(").replace("}px", ")px")):
        pairs = [
            (re.search(r"(?<![-\w])color: \$(\w+)", body), re.search(r"(?<![-\w])background: \$(\w+)", body)),
            (re.search(r"selection-color: \$(\w+)", body), re.search(r"selection-background-color: \$(\w+)", body)),
        ]
        for ink, ground in pairs:
            if ink is None or ground is None or ":disabled" in selectors:  # what is disabled need not be read
                continue
            seen += 1
            assert _ratio(getattr(tokens, ink[1]), getattr(tokens, ground[1])) >= 4.5, (selectors, ink[1], ground[1])
    assert seen >= 9


@pytest.mark.parametrize("mode", MODES)
def test_figures_in_the_nine_boxes_can_be_read(mode):
    tokens = load_tokens(mode)
    for step in range(101):
        shade = theme.mix(tokens.surface, tokens.heat_high, SHADE * step / 100 + 0.02)
        assert _ratio(tokens.text, shade) >= 4.5
        assert _ratio(after_ink(tokens), shade) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("role", ["border_strong", "focus", "accent", "market", "present", "target", "after"])
@pytest.mark.parametrize("ground", ["window", "surface", "pad_high"])
def test_marks_and_frames_can_be_seen(mode, role, ground):
    tokens = load_tokens(mode)
    least = 3.0 if ground != "pad_high" or role in ("present", "target", "after", "market") else 2.4
    assert _ratio(getattr(tokens, role), getattr(tokens, ground)) >= least


@pytest.mark.parametrize("mode", MODES)
def test_figures_on_the_heat_map_can_be_read(mode):
    tokens = load_tokens(mode)
    for step in range(101):
        shade = tokens.heat(step / 100)
        assert _ratio(tokens.on(shade), shade) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_every_asset_class_has_a_colour_of_its_own(mode):
    classes = load_tokens(mode).classes
    assert list(classes) == list(ASSET_CLASSES)
    assert len({colour.name() for colour in classes.values()}) == len(classes)


@pytest.mark.parametrize("mode", MODES)
def test_the_theme_s_own_contrast_is_the_standard_s(mode):
    tokens = load_tokens(mode)
    for role in ("text", "accent", "target"):
        first, second = getattr(tokens, role), tokens.surface
        assert theme.contrast(first, second) == pytest.approx(_ratio(first, second), rel=1e-3)
    assert theme.contrast(QColor("white"), QColor("black")) == pytest.approx(21)


@pytest.mark.parametrize("mode", MODES)
def test_the_sheet_is_filled_and_its_pictures_exist(mode, qapp):
    sheet = style_sheet(load_tokens(mode), qapp.font())
    assert "$" not in sheet
    pictures = re.findall(r'url\("(.*?)"\)', sheet)
    assert pictures
    for path in pictures:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            assert file.read().startswith("<svg")


@pytest.mark.parametrize("mode", MODES)
def test_pictures_of_controls_have_the_theme_s_colours(mode):
    tokens = load_tokens(mode)
    allowed = {tokens.text_muted.name(), tokens.accent_text.name(), tokens.text_disabled.name()}
    for entry in (files("resources") / "themes" / "controls").iterdir():
        if entry.name.endswith(f"-{mode}.svg"):
            used = {colour.lower() for colour in re.findall(r"#[0-9A-Fa-f]{6}", entry.read_text("utf-8"))}
            assert used <= allowed, entry.name


def test_every_icon_draws_something_in_its_colour(qapp):
    names = theme.icon_names()
    assert {"household", "target", "trades", "import", "export", "undo", "redo", "refresh", "light", "dark"} <= set(
        names
    )
    for name in names:
        image = theme.pixmap(name, 24, QColor("#FF0000"), 2.0).toImage()
        red = sum(
            image.pixelColor(x, y).alpha() > 128 and image.pixelColor(x, y).red() > 200
            for x in range(image.width())
            for y in range(image.height())
        )
        assert red > 20, name
    with pytest.raises(KeyError):
        theme.icon("no_such_icon")


def test_icons_follow_the_theme(qapp, qtbot):
    button = QPushButton()
    qtbot.addWidget(button)
    theme.set_icon(button, "import")
    light = button.icon().pixmap(24).toImage()
    with qtbot.waitSignal(theme.theme_events().themeChanged):
        theme.apply_theme(qapp, "dark")
    assert button.icon().pixmap(24).toImage() != light


def test_system_is_light_where_nothing_is_known_and_names_are_checked(qapp):
    theme.apply_theme(qapp, "system")
    assert theme.tokens().name in MODES
    theme.apply_theme(qapp, "dark")
    assert theme.tokens().dark
    assert qapp.palette().window().color() == theme.tokens().window


def test_figures_are_tabular_and_roles_are_relative(qapp):
    body, title = theme.font("body"), theme.font("title")
    assert title.pointSizeF() > body.pointSizeF()
    assert any(tag.toString() == "tnum" if hasattr(tag, "toString") else True for tag in body.featureTags())
    with pytest.raises(KeyError):
        theme.font("huge")


def test_icons_of_buttons_grow_with_the_text(qapp, qtbot):
    push, tool = QPushButton("Export"), QToolButton()
    tool.setProperty("tool", True)
    for button in (push, tool):
        qtbot.addWidget(button)
        button.show()
    apply_theme(qapp, "light")
    before = push.iconSize().width(), tool.iconSize().width()
    set_text_size(qapp, 1.5)
    grown = push.iconSize().width(), tool.iconSize().width()
    set_text_size(qapp, 1.0)
    assert all(large >= 1.3 * small for small, large in zip(before, grown, strict=True))


def test_the_programs_picture_is_as_sharp_as_the_screen(qapp):
    picture = program_picture(56, 2.0)
    assert (picture.width(), picture.devicePixelRatio()) == (112, 2.0)


def test_marked_words_follow_the_theme(qapp, qtbot):
    label = QLabel("Two columns have one meaning.")
    qtbot.addWidget(label)
    apply_theme(qapp, "light")
    set_mark(label, "error")
    label.show()
    for mode in ("light", "dark", "light"):
        apply_theme(qapp, mode)
        assert label.palette().windowText().color() == load_tokens(mode).error
    set_mark(label, "error", False)
    assert label.palette().windowText().color() == load_tokens("light").text


def test_no_colour_is_put_into_a_palette_by_hand():
    """It would stay that of the other theme; a mark of the style sheet follows (``set_mark``)."""
    root = Path(__file__).resolve().parents[2]
    own = root / "widgets" / "theme" / "apply.py"
    found = [
        path.relative_to(root).as_posix()
        for package in ("desktop", "widgets")
        for path in (root / package).rglob("*.py")
        if path != own and ".setPalette(" in path.read_text(encoding="utf-8")
    ]
    assert found == []
