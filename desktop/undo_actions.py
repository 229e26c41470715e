"""The Undo and Redo commands say what they would take back or do again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoStack
from shiboken6 import isValid

from desktop.actions import Actions


class UndoActions(QObject):
    """Follows the stack of steps."""

    def __init__(self, stack: QUndoStack, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._stack = stack
        self._actions = actions
        stack.indexChanged.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        stack = self._stack
        if not isValid(stack):  # it speaks once more while it is destroyed
            return
        for key, able, text in (
            ("undo", stack.canUndo(), stack.undoText()),
            ("redo", stack.canRedo(), stack.redoText()),
        ):
            action = self._actions[key]
            action.setEnabled(able)
            word = key.capitalize()
            action.setText(f"&{word} {text[:1].lower()}{text[1:]}".rstrip())
            action.setIconText(word)
            action.setToolTip(f"{word} {text[:1].lower()}{text[1:]}".rstrip())
