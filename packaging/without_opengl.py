"""Run in the frozen program before anything else: Qt's OpenGL modules without their libraries (10 MB).

pyqtgraph imports both when its curves are defined and uses them only where ``useOpenGL`` is set, which it never is
here. So the names are there, and nothing behind them: drawing by OpenGL would fail at once, in words.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

NAMES = ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets")


class _Empty(Loader):
    """Fills one of the modules."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002  the interpreter's signature
        return None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__.endswith("Widgets"):
            from PySide6.QtWidgets import QWidget

            class QOpenGLWidget(QWidget):
                """What pyqtgraph derives its own from; none is ever made."""

                def __init__(self, *_: object) -> None:
                    raise NotImplementedError("This build draws without OpenGL.")

            module.__dict__["QOpenGLWidget"] = QOpenGLWidget


class WithoutOpenGL(MetaPathFinder):
    """Answers for the modules that are left out of the bundle, and for no other."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  the interpreter's signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """An empty module for the names that are left out."""
        return ModuleSpec(fullname, _Empty()) if fullname in NAMES else None


def install() -> None:
    """Answer before anybody else does."""
    sys.meta_path.insert(0, WithoutOpenGL())


if getattr(sys, "frozen", False):
    install()
