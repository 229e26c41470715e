"""The five pages in light and dark as they were last looked at: how the stored pictures are taken.

``python tests/visual/golden.py`` takes them anew into the folder ``golden``: look at them, git shows old and new,
before they are committed. ``python tests/visual/golden.py FOLDER`` takes them elsewhere, on the screen that there is.
They show the sample household with a stand-in for the engine (stand_in.py), on a fixed day, in a font of their own,
without a caret, a pointer or a focus, so that only a change of the window changes them. likeness.py compares them.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

FOLDER = Path(__file__).with_name("golden")
FONTS = Path(__file__).with_name("fonts")
FAMILY = "Picture Sans"
PAGES = ("household", "target", "trades", "market", "book")
THEMES = ("light", "dark")
#: Size of the window, and of the pictures: letters blur, places and colours stay.
WINDOW, STORED = (1280, 800), (480, 300)
#: Colours of a stored picture, so that ten of them stay small.
COLOURS = 128
#: Seconds after which a state is given up; no machine that can run the window needs them.
PATIENCE = 240
#: Exit status where the font cannot be used.
NO_FONT = 3


def names():
    return [f"{page}-{theme}.png" for page in PAGES for theme in THEMES]


def dress(app):
    """The application in the pictures' font; False where it can't be had."""
    from PySide6.QtCore import QLocale
    from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

    from widgets.theme import apply_theme, theme_events

    QLocale.setDefault(QLocale("en_US"))
    app.setCursorFlashTime(0)
    for path in sorted(FONTS.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
    font = QFont(FAMILY)
    font.setPointSizeF(9)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    theme_events().system_font = font
    apply_theme(app, THEMES[0])
    return QFontInfo(font).family() == FAMILY


class Window:
    """The program's window on the sample household, with a book open."""

    def __init__(self, app, folder):
        from PySide6.QtCore import QSettings
        from PySide6.QtGui import QCursor

        from core.edits import Document
        from core.sample import sample_household, sample_target
        from desktop.main_window import MainWindow
        from desktop.session import Session
        from desktop.settings import Settings
        from desktop.solve_service import SolveService, classify_household
        from desktop.workbench import Workbench
        from tests.visual.stand_in import PictureEngine, frontier_of

        self.app = app
        document = Document(sample_household(), target=sample_target())
        service = SolveService(classify_household, PictureEngine)
        self.bench = Workbench(Session(document), service, frontier_of=frontier_of)
        settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        today = document.household.as_of + timedelta(days=2)
        self.window = MainWindow(self.bench, settings, lambda: today)
        self.window.resize(*WINDOW)
        self.window.move(0, 0)
        QCursor.setPos(app.primaryScreen().geometry().bottomRight())
        self.window.show()
        self.bench.start()
        self.until(self.at_rest)
        self.open_book(folder / "Clients.trimtab")

    def open_book(self, path):
        from core.book.keys import new_key
        from core.book.store import Book
        from tests.book.practice import document

        book = Book.create(path, new_key("an invented passphrase"))
        for seed in range(6):
            book.add(document(seed))
        self.window.book_flow._adopt(book)
        self.until(self.at_rest)

    def at_rest(self):
        """Whether the final plan is there, with all that follows from it."""
        bench, window = self.bench, self.window
        return (
            bench.proposal is not None
            and bench.frontier
            and not (bench.service.busy or bench.tasks.busy or bench.quiet_tasks.busy or window.book_flow.running)
            and (window.page() != "market" or window.market_flow.evidence is not None)
        )

    def until(self, done):
        """Turn the event loop until ``done()``: it is asked after whatever the program says or does."""
        from PySide6.QtCore import QEventLoop, QTimer

        end = time.monotonic() + PATIENCE
        wake = QTimer(interval=50)  # for the deadline
        wake.start()
        while not done():
            if time.monotonic() > end:
                raise SystemExit("the window did not come to rest")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def picture(self):
        """The window as it is on the screen."""
        from PySide6.QtGui import QImage

        focus = self.app.focusWidget()
        if focus is not None:
            focus.clearFocus()
        if self.app.platformName() == "offscreen":
            shown = self.window.grab().toImage()
        else:
            self.window.repaint()
            shown = self.window.screen().grabWindow(self.window.winId()).toImage()
        return shown.convertToFormat(QImage.Format.Format_RGB32)

    def settled_picture(self):
        """The first picture that the next one, a few frames later, doesn't differ from."""
        last = []

        def same():
            if not self.at_rest():
                last.clear()
                return False
            now, when = self.picture(), time.monotonic()
            if last and now != last[0]:
                last.clear()
            last[:] = last or [now, when]
            return when - last[1] > 0.25

        self.until(same)
        return last[0]

    def page(self, name, theme):
        from widgets.theme import apply_theme

        self.window.show_page(name)
        apply_theme(self.app, theme)
        return self.settled_picture()

    def close(self):
        self.window.close_anyway()
        self.bench.shutdown()


def small(picture):
    """A picture as it is stored."""
    from PySide6.QtCore import QSize, Qt

    flags = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return few_colours(picture.scaled(QSize(*STORED), *flags))


def few_colours(picture):
    """The picture in the theme's colours and its own most frequent ones, each other pixel in the nearest of them."""
    import attrs
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor

    from tests.visual.likeness import pixels
    from widgets.theme import tokens

    flat = pixels(picture).reshape(-1, 3)
    shades = flat & 0xF8  # those that differ by a hair count as one
    coded = (shades[:, 0] << 16) | (shades[:, 1] << 8) | shades[:, 2]
    _colours, first, counts = np.unique(coded, return_index=True, return_counts=True)
    frequent = [tuple(map(int, flat[first[place]])) for place in np.argsort(-counts, kind="stable")]
    roles = [colour for colour in attrs.asdict(tokens(), recurse=False).values() if isinstance(colour, QColor)]
    chosen = list(dict.fromkeys([colour.getRgb()[:3] for colour in roles] + frequent))[:COLOURS]
    table = [0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in chosen]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return picture.convertToFormat(picture.Format.Format_Indexed8, table, flags)


def take(folder):
    """Take every picture into a folder."""
    from desktop.app import _application

    app = _application(dialogs=False)
    if not dress(app):
        sys.stderr.write(f"the font {FAMILY} cannot be used here\n")
        return NO_FONT
    gc.disable()  # what a window leaves behind goes on its own thread, at the end
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        window = Window(app, Path(place))
        for page in PAGES:
            for theme in THEMES:
                small(window.page(page, theme)).save(str(folder / f"{page}-{theme}.png"), "PNG", 0)
        window.close()
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    chosen = parser.parse_args()
    os.environ["QT_FONT_DPI"] = "96"
    os.environ["QT_SCALE_FACTOR"] = "1"
    if chosen.folder == FOLDER:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    status = take(chosen.folder)
    sys.stdout.flush()
    os._exit(status)  # nothing is left to tidy


if __name__ == "__main__":
    main()
