"""Keys of books: random or from a passphrase, kept in the operating system's key store.

The first 16 bytes of a book are its salt, the only part that is not encrypted. Its first byte names how the key comes
about, the other 15 are random:

====  ==========================================================================================================
1     a random key, known to the key store of one machine only
2     Argon2id (RFC 9106, version 1.3) of the passphrase in NFC and the salt: 3 passes, 256 MiB, 4 lanes, 32 bytes
====  ==========================================================================================================

RFC 9106 section 4 recommends 64 MiB as the lesser option; four times that takes about half a second of two cores.
"""

from __future__ import annotations

import secrets
import unicodedata
from enum import IntEnum
from pathlib import Path
from typing import Protocol

import attrs

from core.book.errors import BookError, Trouble, book_error, from_system

SALT_BYTES = 16
KEY_BYTES = 32
PASSES, MEMORY_KIB, LANES = 3, 256 * 1024, 4
SHORTEST_PASSPHRASE = 10
#: Under this name keys lie in the key store, one a book, by the salt: no path and no name is told to it.
SERVICE = "Trimtab book"


class Scheme(IntEnum):
    """How a book's key comes about: the first byte of its salt."""

    KEY_STORE = 1
    PASSPHRASE = 2


@attrs.frozen(repr=False)
class Key:
    """The key of one book and its salt. Never shown: its repr says nothing."""

    secret: bytes
    salt: bytes

    def __repr__(self) -> str:
        return "Key(...)"

    @property
    def spec(self) -> str:
        """The raw key as SQLCipher takes it (hex digits only, so that it can stand in a PRAGMA)."""
        return f"x'{self.secret.hex()}{self.salt.hex()}'"

    @property
    def has_passphrase(self) -> bool:
        """Whether a passphrase opens the book."""
        return self.salt[0] == Scheme.PASSPHRASE


def new_salt(scheme: Scheme) -> bytes:
    """A salt for a new book."""
    return bytes([scheme]) + secrets.token_bytes(SALT_BYTES - 1)


def random_key() -> Key:
    """A key that only a key store can give back."""
    return Key(secrets.token_bytes(KEY_BYTES), new_salt(Scheme.KEY_STORE))


def new_key(passphrase: str) -> Key:
    """A key from a passphrase, with a new salt. Raises BookError where the passphrase is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BookError(
            Trouble.KEY_NEEDED, f"A passphrase of at least {SHORTEST_PASSPHRASE} characters is needed; four words do."
        )
    return derived_key(passphrase, new_salt(Scheme.PASSPHRASE))


def derived_key(passphrase: str, salt: bytes) -> Key:
    """The key that a passphrase gives with a salt: the same work whatever either of them is."""
    from argon2.low_level import Type, hash_secret_raw

    secret = hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass"),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return Key(secret, salt)


def read_salt(path: Path) -> bytes:
    """The salt of a book. Raises BookError where the file can't be read or is too short to be one."""
    try:
        with path.open("rb") as stream:
            salt = stream.read(SALT_BYTES)
    except FileNotFoundError:
        raise BookError(Trouble.GONE, f"{path} is not there. Check the name, or connect the drive it is on.") from None
    except IsADirectoryError:
        raise BookError(Trouble.CANNOT_OPEN, f"{path} is a folder, not a book.") from None
    except PermissionError:
        raise BookError(Trouble.CANNOT_OPEN, f"{path} may not be read by you. Ask its owner.") from None
    except OSError as error:
        raise from_system(error, path) from error
    if len(salt) < SALT_BYTES:
        raise book_error(Trouble.CANNOT_OPEN, path)
    return salt


class KeyStore(Protocol):
    """Where keys are kept, by the salt of their book."""

    def get(self, salt: bytes) -> bytes | None:
        """The key, or None where there is none (or the store can't be asked)."""

    def put(self, salt: bytes, secret: bytes) -> bool:
        """Keep a key; False where the store can't."""

    def drop(self, salt: bytes) -> None:
        """Forget a key."""


class NoKeyStore:
    """For machines without a key store, and for whoever doesn't want one."""

    def get(self, salt: bytes) -> bytes | None:  # noqa: ARG002
        """Nothing."""
        return None

    def put(self, salt: bytes, secret: bytes) -> bool:  # noqa: ARG002
        """Nothing is kept."""
        return False

    def drop(self, salt: bytes) -> None:
        """Nothing to forget."""


class SystemKeyStore:
    """The operating system's: Credential Manager, Keychain, Secret Service or KWallet, through ``keyring``.

    A backend that keeps secrets in a plain file is not used.
    """

    def get(self, salt: bytes) -> bytes | None:
        """The key, or None."""
        import keyring
        from keyring.errors import KeyringError

        if not _is_safe(keyring.get_keyring()):
            return None
        try:
            text = keyring.get_password(SERVICE, salt.hex())
        except (KeyringError, OSError, RuntimeError):
            return None
        try:
            secret = bytes.fromhex(text or "")
        except ValueError:
            return None
        return secret if len(secret) == KEY_BYTES else None

    def put(self, salt: bytes, secret: bytes) -> bool:
        """Keep a key; False where the store can't."""
        import keyring
        from keyring.errors import KeyringError

        if not _is_safe(keyring.get_keyring()):
            return False
        try:
            keyring.set_password(SERVICE, salt.hex(), secret.hex())
            return keyring.get_password(SERVICE, salt.hex()) == secret.hex()
        except (KeyringError, OSError, RuntimeError):
            return False

    def drop(self, salt: bytes) -> None:
        """Forget a key."""
        import contextlib

        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError, OSError, RuntimeError):
            keyring.delete_password(SERVICE, salt.hex())


#: Modules of keyring whose backends keep secrets with the operating system.
_SAFE_BACKENDS = (
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
)


def _is_safe(backend: object) -> bool:
    chained = getattr(backend, "backends", None)
    if chained is not None and type(backend).__module__ == "keyring.backends.chainer":
        return bool(chained) and all(_is_safe(one) for one in chained)
    return type(backend).__module__.startswith(_SAFE_BACKENDS)


def key_of(path: Path, passphrase: str | None, store: KeyStore) -> Key:
    """The key to try on a book: from the passphrase where given, else from the key store.

    Raises BookError where there is neither. Says nothing of whether the key is right.
    """
    salt = read_salt(path)
    if passphrase is not None:
        return derived_key(passphrase, salt)
    secret = store.get(salt)
    if secret is None:
        raise book_error(Trouble.KEY_NEEDED, path)
    return Key(secret, salt)
