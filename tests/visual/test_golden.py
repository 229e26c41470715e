"""Each page looks as it was last looked at, in light and dark, on a real screen and without one.

A change that is meant: ``python tests/visual/golden.py``, look at what git shows, commit the pictures with the change.
``TRIMTAB_KEEP_PICTURES=FOLDER`` keeps what was taken where it differs.
"""

import os
import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from tests.virtual_screen import virtual_screen
from tests.visual import golden, likeness
from tests.visual.likeness import unlike

NAMES = golden.names()


def take(folder, environment):
    done = subprocess.run(
        [sys.executable, golden.__file__, folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode == golden.NO_FONT:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems draw letters in their own way")
@pytest.mark.parametrize("screen", ["offscreen", "xcb"])
def test_pages_look_as_stored(screen, tmp_path):
    if screen == "xcb":
        with virtual_screen() as environment:
            take(tmp_path, environment)
    else:
        take(tmp_path, os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    wrong = {}
    for name in NAMES:
        taken, stored = QImage(str(tmp_path / name)), QImage(str(golden.FOLDER / name))
        assert not taken.isNull(), name
        assert not stored.isNull(), name
        words = unlike(taken, stored)
        if words:
            wrong[name] = words
    kept = os.environ.get("TRIMTAB_KEEP_PICTURES")
    if wrong and kept:
        shutil.copytree(tmp_path, kept, dirs_exist_ok=True)
    assert not wrong, "\n".join(f"{name}: {words}; see {tmp_path / name}" for name, words in wrong.items())


# --- the comparison can fail -----------------------------------------------------------------------------------------


@pytest.fixture(params=golden.THEMES)
def stored(request):
    def of(page):
        return QImage(str(golden.FOLDER / f"{page}-{request.param}.png")).convertToFormat(QImage.Format.Format_RGB32)

    return of


#: Parts of the pages, in pixels of the pictures.
PAD, FRONTIER = QRect(42, 43, 143, 134), QRect(200, 193, 156, 82)
SECTORS, CHECKS = QRect(155, 50, 110, 88), QRect(249, 193, 112, 82)
INSPECTOR = QRect(366, 30, 112, 160)
PARTS = [("target", PAD), ("target", FRONTIER), ("household", SECTORS), ("trades", CHECKS), ("target", INSPECTOR)]


def painted(picture, part, draw):
    changed = QImage(picture)
    with QPainter(changed) as painter:
        draw(painter, part)
    return changed


@pytest.mark.parametrize(("page", "part"), PARTS)
def test_a_part_that_is_gone_is_seen(stored, page, part):
    picture = stored(page)
    ground = picture.pixelColor(part.right(), part.bottom())
    assert unlike(picture, painted(picture, part, lambda painter, part: painter.fillRect(part, ground)))


@pytest.mark.parametrize(("page", "part"), PARTS)
@pytest.mark.parametrize(("right", "down"), [(6, 0), (0, 6)])
def test_a_part_that_moved_is_seen(stored, page, part, right, down):
    picture = stored(page)
    moved = painted(picture, part, lambda painter, part: painter.drawImage(part.translated(right, down), picture, part))
    assert unlike(picture, moved)


@pytest.mark.parametrize(("page", "part"), [("target", PAD), ("household", SECTORS)])
def test_a_part_in_other_colours_is_seen(stored, page, part):
    picture = stored(page)
    other = picture.rgbSwapped()
    assert unlike(picture, painted(picture, part, lambda painter, part: painter.drawImage(part, other, part)))


@pytest.mark.parametrize("page", golden.PAGES)
def test_the_other_theme_and_any_other_page_is_seen(page):
    pictures = {name: QImage(str(golden.FOLDER / name)) for name in NAMES}
    mine = pictures[f"{page}-light.png"]
    for name, other in pictures.items():
        assert bool(unlike(mine, other)) == (name != f"{page}-light.png"), name


@pytest.mark.parametrize("page", golden.PAGES)
def test_letters_smoothed_in_another_way_and_a_changed_figure_are_not(stored, page):
    picture = stored(page)
    ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    softer = picture.scaled(picture.size() * 0.75, *ways).scaled(picture.size(), *ways)
    assert unlike(picture, softer) == ""
    figure, another = QRect(225, 288, 30, 9), QRect(278, 288, 30, 9)  # small and value, at the foot
    changed = painted(picture, figure, lambda painter, part: painter.drawImage(part, picture, another))
    assert changed != picture
    assert unlike(picture, changed) == ""


def test_sizes_have_to_agree():
    large, little = (QImage(width, width // 2, QImage.Format.Format_RGB32) for width in (480, 240))
    assert "480 x 240 against 240 x 120" in unlike(large, little)


def test_the_stored_pictures_are_small():
    assert sorted(path.name for path in golden.FOLDER.iterdir()) == sorted(NAMES)
    assert sum(path.stat().st_size for path in golden.FOLDER.iterdir()) < 400_000
    assert likeness.pixels(QImage(str(golden.FOLDER / NAMES[0]))).shape == (300, 480, 3)
