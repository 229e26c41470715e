"""A book: its list, its runs, its dialogs."""

from pathlib import Path

from tests.visual.states.households import after_import
from tests.visual.states.waiting import rest, show, until

PASSPHRASE = "an invented passphrase"


def book_empty(_app, window, _folder):
    window.show_page("book")


def book_full(_app, window, folder):
    from core.book.keys import new_key
    from core.book.store import Book
    from tests.book.practice import document

    book = Book.create(folder / "Practice.trimtab", new_key(PASSPHRASE))
    for seed in range(8):
        book.add(document(seed))
    window.book_flow._adopt(book)
    window.show_page("book")
    until(lambda: not window.book_flow.running)


def book_planned(app, window, folder):
    book_full(app, window, folder)
    from tests.desktop.test_book_page import workers_here

    window.book_flow._make_workers = workers_here
    window.book_page.rebalance_button.click()
    until(lambda: not window.book_flow.running, 120)


def book_read_only(app, window, folder):
    from core.book.store import Book

    book_full(app, window, folder)
    held = window.book_flow.book
    window.book_flow._adopt_again = held
    window.book_flow._settings.last_book = None
    other = Book.open_with(held.path, held.key)
    window.book_flow.book = None
    window.book_flow._adopt(other)
    window.show_page("book")


def book_run(app, window, folder):
    book_full(app, window, folder)
    window.book_flow.run_changed.emit(3, 8, "3 of 8 planned, 1 with exceptions")


def book_of(count):
    def go(_app, window, folder):
        from core.book.keys import new_key
        from core.book.store import Book
        from tests.book.practice import document

        book = Book.create(folder / "Practice.trimtab", new_key(PASSPHRASE))
        for seed in range(count):
            book.add(document(seed, securities=6, lots=8))
        window.book_flow._adopt(book)
        window.show_page("book")
        until(lambda: not window.book_flow.running)
        rest(300)

    return go


def unlock(_app, _window, _folder):
    from desktop.book_dialogs import UnlockDialog

    dialog = show(UnlockDialog(Path("Clients.trimtab")))
    dialog.say("The passphrase does not open this book, or the file is damaged.")
    return dialog


def new_book(_app, _window, _folder):
    from desktop.book_dialogs import NewBookDialog

    return show(NewBookDialog(Path("Clients.trimtab")))


def remove(_app, _window, _folder):
    from desktop.book_care_dialogs import RemoveDialog

    return show(RemoveDialog(["Harper household", "Rivera family"], 5, 6))


def verify(app, window, folder):
    book_full(app, window, folder)
    care = window.book_care
    care.verify()
    until(lambda: not window.bench.tasks.busy)
    rest(300)
    return care.dialog


def records(app, window, folder):
    book_full(app, window, folder)
    after_import("book")(app, window, folder)
    window.book_flow.add_open()
    until(lambda: not window.bench.tasks.busy)
    window.book_care.show_records()
    rest(100)
    return window.book_care.dialog


STATES = {
    "book-1000": book_of(1_000),
    "book-empty": book_empty,
    "book": book_full,
    "book-planned": book_planned,
    "book-run": book_run,
    "book-read-only": book_read_only,
    "unlock": unlock,
    "new-book": new_book,
    "remove": remove,
    "verify": verify,
    "records": records,
}
