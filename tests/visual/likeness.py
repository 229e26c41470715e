"""How like two pictures are."""

import numpy as np


def pixels(picture):
    """Height x width x 3 values of 0 to 255: red, green, blue."""
    plain = picture.convertToFormat(picture.Format.Format_RGB32)
    raw = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return raw[:, : plain.width(), 2::-1].astype(int)


def blocks(picture, side):
    """Means of squares of ``side`` pixels: rows x columns x 3."""
    shades = pixels(picture)
    rows, columns = shades.shape[0] // side, shades.shape[1] // side
    cut = shades[: rows * side, : columns * side].reshape(rows, side, columns, side, 3)
    return cut.mean(axis=(1, 3))


#: Side of a square in pixels of the pictures; what its mean may differ by (of 255) and still count as the same; how
#: many squares may differ by more (a figure that changed), and by how much at most.
SIDE, NEAR, FEW, FAR = 12, 8.0, 3, 40.0


def unlike(first, second):
    """Why two pictures are not of the same window, in words; empty where they are.

    Squares are compared by their mean colour: another way of smoothing letters moves it by up to 7 of 255, a card that
    is gone, moved by three of these pixels or of another colour moves many by more.
    """
    if first.size() != second.size():
        return f"{first.width()} x {first.height()} against {second.width()} x {second.height()}"
    far = np.abs(blocks(first, SIDE) - blocks(second, SIDE)).max(axis=2)
    several = int((far > NEAR).sum())
    if several <= FEW and far.max() <= FAR:
        return ""
    row, column = (int(n) for n in np.unravel_index(far.argmax(), far.shape))
    return f"{several} of {far.size} squares differ, most at {column * SIDE}, {row * SIDE} ({far.max():.0f} of 255)"
