"""Every page, dialog and state of the program as pictures, to be looked at: ``python tests/visual/gallery.py FOLDER``.

``--theme light dark`` (each into its folder where there are two), ``--scale 2``, ``--size 1440x900`` and ``--language
en_US`` choose the look, ``--only NAME...`` the states. The states that the guide shows are those of
packaging/make_screenshots.py; the rarer ones beside them are in the folder ``states``.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.visual.states import books, dialogs, households, pages, passing
from tests.visual.states.waiting import rest

STATES = pages.STATES | households.STATES | passing.STATES | books.STATES | dialogs.STATES


def make(name, folder_of, themes, size):
    """One state as a picture in each theme."""
    from PySide6.QtCore import QCoreApplication, QEvent, QSettings

    import make_screenshots as guide
    from desktop.app import WindowOptions, _application, _open
    from desktop.settings import Settings
    from widgets.theme.apply import apply_theme, set_text_size

    app = _application(dialogs=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(QSettings(str(Path(folder) / "s.ini"), QSettings.Format.IniFormat))
        window = _open(app, WindowOptions(picture=Path("unused"), theme=themes[0]), settings)
        window.resize(*size)
        window.show()
        window.bench.start()
        guide._settle(window)
        shown = None
        try:
            shown = STATES[name](app, window, Path(folder)) if name in STATES else guide.STATES[name](app, window)
            if name != "dragging":
                guide._settle(window)
            for theme in themes:
                if theme != themes[0]:
                    apply_theme(app, theme)
                rest(150)
                (shown or window).grab().save(str(folder_of[theme] / f"{name}.png"))
        finally:  # a window that stays would end the program with its thread
            if shown is not None:
                shown.close()
            window.close_anyway()
            window.deleteLater()
            set_text_size(app, 1.0)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"), nargs="+", default=["light"])
    parser.add_argument("--language", default="en_US")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    from PySide6.QtCore import QLocale

    import make_screenshots as guide

    unknown = sorted(set(chosen.only) - {*guide.STATES, *STATES})
    if unknown:
        parser.error(f"there is no state {', '.join(unknown)}; there are {', '.join(sorted([*guide.STATES, *STATES]))}")
    QLocale.setDefault(QLocale(chosen.language))
    several = len(chosen.theme) > 1
    folders = {theme: chosen.folder / theme if several else chosen.folder for theme in chosen.theme}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in chosen.only or [*guide.STATES, *STATES]:
        try:
            make(name, folders, chosen.theme, tuple(map(int, chosen.size.split("x"))))
        except (Exception, SystemExit) as error:  # look at the others all the same
            failed.append(name)
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
