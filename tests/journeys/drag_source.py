"""Another program that files are dragged from, as from a file manager: ``drag_source.py X Y FILE...``.

A small window at a place of the screen; a drag that begins on it carries the files. It says ``ready``, and after each
drag what came of it.
"""

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    def __init__(self, files):
        super().__init__("files")
        self.files = files
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.resize(80, 80)

    def mouseMoveEvent(self, event):
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in self.files])
        drag.setMimeData(data)
        print(drag.exec(Qt.DropAction.CopyAction).name, flush=True)


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[3:])
    source.move(int(sys.argv[1]), int(sys.argv[2]))
    source.show()
    print("ready", flush=True)
    sys.exit(app.exec())
