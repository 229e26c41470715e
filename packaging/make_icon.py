"""Draws the program's icon from ``resources/app/trimtab.svg``: PNG in every size, and the ICO and ICNS made of them.

    python packaging/make_icon.py FOLDER

Needs Qt's SVG module (any environment of the program has it), no screen, no font. Both containers hold PNG pictures:
ICO since Windows Vista, ICNS with Apple's types for PNG since macOS 10.7.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "resources" / "app" / "trimtab.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
#: Apple's four-letter types by the pixels of their picture; the retina ones (@2x) hold twice the points of their name.
ICNS_TYPES = (
    (b"icp4", 16),
    (b"icp5", 32),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
)


def draw(svg: bytes, sizes: tuple[int, ...] = SIZES) -> dict[int, bytes]:
    """The picture as PNG by its pixels a side."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(svg))
    if not renderer.isValid():
        raise ValueError("the source is no SVG that Qt can draw")
    drawn = {}
    for size in sizes:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            renderer.render(painter)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know no str here
        drawn[size] = bytes(buffer.data().data())
    return drawn


def ico(pictures: Mapping[int, bytes]) -> bytes:
    """A Windows icon of the pictures, smallest first."""
    entries, bodies = [], []
    offset = 6 + 16 * len(pictures)
    for size, body in sorted(pictures.items()):
        side = size % 256  # 256 is written as 0
        entries.append(struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(body), offset))
        bodies.append(body)
        offset += len(body)
    return struct.pack("<HHH", 0, 1, len(pictures)) + b"".join(entries) + b"".join(bodies)


def icns(pictures: Mapping[int, bytes]) -> bytes:
    """An Apple icon of the pictures; every size in ``ICNS_TYPES`` must be there."""
    body = b"".join(kind + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for kind, size in ICNS_TYPES)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def make(folder: Path) -> None:
    """Write every form of the icon into a folder."""
    pictures = draw(SOURCE.read_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    for size, body in pictures.items():
        (folder / f"trimtab-{size}.png").write_bytes(body)
    (folder / "trimtab.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (folder / "trimtab.icns").write_bytes(icns(pictures))
    (folder / "trimtab.svg").write_bytes(SOURCE.read_bytes())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(Path(sys.argv[1]))
