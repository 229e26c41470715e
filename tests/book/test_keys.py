"""Keys: Argon2id as another library computes it, one answer to every wrong one, the same work for each."""

import sys
import types
from pathlib import Path

import argon2.low_level
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.book import keys
from core.book.errors import BookError, Trouble
from core.book.keys import Key, NoKeyStore, Scheme, SystemKeyStore, derived_key, new_key, new_salt, random_key
from core.book.store import Book

PASSPHRASE = "four plain words here"


class Memory:
    """A key store in memory."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def get(self, salt: bytes) -> bytes | None:
        return self.kept.get(salt)

    def put(self, salt: bytes, secret: bytes) -> bool:
        self.kept[salt] = secret
        return True

    def drop(self, salt: bytes) -> None:
        self.kept.pop(salt, None)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "book.trimtab"
    Book.create(path, new_key(PASSPHRASE)).close()
    return path


def test_the_derived_key_is_what_another_library_computes():
    salt = new_salt(Scheme.PASSPHRASE)
    other = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=256 * 1024)
    assert derived_key("Ünïcode pässphrase", salt).secret == other.derive("Ünïcode pässphrase".encode())


def test_a_passphrase_typed_on_another_keyboard_is_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "MEMORY_KIB", 64)
    salt = new_salt(Scheme.PASSPHRASE)
    assert derived_key("caf\u00e9 au lait", salt).secret == derived_key("cafe\u0301 au lait", salt).secret


def test_no_two_books_share_salt_or_key():
    made = [random_key() for _ in range(50)]
    assert len({key.secret for key in made}) == len({key.salt for key in made}) == 50
    assert {key.salt[0] for key in made} == {Scheme.KEY_STORE}


def test_a_key_never_shows_itself():
    key = random_key()
    assert key.secret.hex() not in repr(key) + str(key) + f"{key}"


def test_a_short_passphrase_is_refused():
    with pytest.raises(BookError, match="at least 10 characters"):
        new_key("short")


def test_the_right_passphrase_opens(locked: Path):
    with Book.open(locked, PASSPHRASE) as book:
        assert book.households() == []


def answers(path: Path, *wrong: tuple[str | None, Memory]) -> set[str]:
    said = set()
    for passphrase, store in wrong:
        with pytest.raises(BookError) as caught:
            Book.open(path, passphrase, store)
        said.add(str(caught.value))
        assert caught.value.trouble is Trouble.CANNOT_OPEN
    return said


def test_every_wrong_key_gets_one_answer(locked: Path, tmp_path: Path):
    salt = locked.read_bytes()[:16]
    store = Memory()
    store.put(salt, bytes(32))
    said = answers(locked, ("another passphrase", store), ("x", store), (PASSPHRASE + " ", store), (None, store))
    content = locked.read_bytes()
    for name, changed in {
        "flipped": content[:100] + bytes([content[100] ^ 1]) + content[101:],
        "noise": salt + bytes(range(256)) * 64,
        "short": content[:1000],
    }.items():
        path = tmp_path / name
        path.write_bytes(changed)
        said |= {words.replace(str(path), str(locked)) for words in answers(path, (PASSPHRASE, store))}
    assert len(said) == 1
    assert "passphrase or key is not the right one, or the file is damaged" in said.pop()


def test_a_wrong_passphrase_costs_what_the_right_one_costs(locked: Path, monkeypatch: pytest.MonkeyPatch):
    work: list[dict[str, object]] = []
    real = argon2.low_level.hash_secret_raw

    def counted(secret: bytes, salt: bytes, **how: object) -> bytes:
        work.append(how)
        return real(secret, salt, **how)

    monkeypatch.setattr(argon2.low_level, "hash_secret_raw", counted)
    Book.open(locked, PASSPHRASE).close()
    for wrong in ("", "x", "a" * 500, PASSPHRASE + "!"):
        with pytest.raises(BookError):
            Book.open(locked, wrong)
    assert len(work) == 5
    assert all(how == work[0] for how in work)


def test_without_a_key_the_passphrase_is_asked_for(locked: Path):
    with pytest.raises(BookError, match="asks for its passphrase") as caught:
        Book.open(locked, None, NoKeyStore())
    assert caught.value.trouble is Trouble.KEY_NEEDED


def test_the_key_in_the_store_opens(tmp_path: Path):
    key, store = random_key(), Memory()
    Book.create(tmp_path / "b.trimtab", key).close()
    store.put(key.salt, key.secret)
    Book.open(tmp_path / "b.trimtab", None, store).close()


def fake_keyring(monkeypatch: pytest.MonkeyPatch, backend: object) -> dict[str, str]:
    import keyring

    kept: dict[str, str] = {}
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get(service + name))
    monkeypatch.setattr(keyring, "set_password", lambda service, name, text: kept.update({service + name: text}))
    monkeypatch.setattr(keyring, "delete_password", lambda service, name: kept.pop(service + name))
    return kept


def backend_of(module: str) -> object:
    kind = type("Keyring", (), {"__module__": module})
    sys.modules.setdefault(module, types.ModuleType(module))
    return kind()


def test_the_system_store_keeps_keys_by_salt_alone(monkeypatch: pytest.MonkeyPatch):
    kept = fake_keyring(monkeypatch, backend_of("keyring.backends.SecretService"))
    store, key = SystemKeyStore(), random_key()
    assert store.get(key.salt) is None
    assert store.put(key.salt, key.secret)
    assert store.get(key.salt) == key.secret
    assert list(kept) == ["Trimtab book" + key.salt.hex()]
    store.drop(key.salt)
    assert store.get(key.salt) is None


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.fail", "keyring.backends.null"])
def test_a_store_that_keeps_keys_in_plain_files_is_not_used(monkeypatch: pytest.MonkeyPatch, module: str):
    kept = fake_keyring(monkeypatch, backend_of(module))
    store, key = SystemKeyStore(), random_key()
    assert not store.put(key.salt, key.secret)
    assert store.get(key.salt) is None
    assert kept == {}


def test_nonsense_in_the_store_is_no_key(monkeypatch: pytest.MonkeyPatch):
    kept = fake_keyring(monkeypatch, backend_of("keyring.backends.Windows"))
    key = Key(bytes(32), new_salt(Scheme.KEY_STORE))
    for text in ("not hex", "abcd", ""):
        kept["Trimtab book" + key.salt.hex()] = text
        assert SystemKeyStore().get(key.salt) is None
