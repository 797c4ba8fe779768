"""The records that companions write about themselves, read with distrust.

A record is `<runtime folder>/slicescope-<kernel id>.json`, `{"port", "secret", "readerSecret", "pid"}`, of
mode 0600. Whoever has it can read every volume that its kernel shows. A file that another user could have
written, or could have read, is therefore no record.
"""

import json
import os
import re
import stat
from pathlib import Path

_SECRET = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 4096
# The hosts of the pages that asked last: a page whose host was dropped asks again before it connects.
_MAX_HOSTS = 64
# A name of 253 characters, brackets and a port.
_HOST = re.compile(r"[\w.:\[\]-]{1,261}", re.ASCII)
_MAX_PAGES_BYTES = 65536
_WINDOWS = os.name == "nt"


class RecordError(Exception):
    """There is no record that can be trusted. `code` is stable; the message says what to do."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def _has_not_shown() -> RecordError:
    return RecordError("no-companion", "the kernel has shown no volume since it started; run the cell again")


def _is_alive(pid: int) -> bool:
    if _WINDOWS:  # there, signal 0 would end the process; the viewer finds out when it connects
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_private(status: os.stat_result) -> bool:
    if not stat.S_ISREG(status.st_mode):
        return False
    return _WINDOWS or (status.st_uid == os.getuid() and stat.S_IMODE(status.st_mode) & 0o077 == 0)


def _read_private(path: Path, most: int) -> bytes:
    """The content of a file that is ours alone, and one byte more than `most` if it is longer.

    It is checked on the open file, so that it can't be swapped.
    """
    # Neither a symbolic link nor a pipe that nobody writes to.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    unsafe = RecordError(
        "unsafe-record",
        "the record of its companion isn't a regular file that only this user can read (mode 0600); "
        "restart the kernel and run the cell again",
    )
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise _has_not_shown() from None
    except OSError:
        raise unsafe from None
    try:
        if not _is_private(os.fstat(descriptor)):
            raise unsafe
        return os.read(descriptor, most + 1)
    finally:
        os.close(descriptor)


def _parse(content: bytes) -> dict:
    """The record's four fields and nothing else. The error never quotes the content.

    Records of older versions of the library have no `readerSecret`, which is None then.
    """
    broken = RecordError(
        "broken-record", "the record of its companion can't be read; restart the kernel and run the cell again"
    )
    try:
        if len(content) > _MAX_BYTES:
            raise broken
        value = json.loads(content)
        port, secret, pid = value["port"], value["secret"], value["pid"]
        reader_secret = value.get("readerSecret")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise broken from None
    numbers = type(port) is int and 0 < port < 65536 and type(pid) is int and 0 < pid < 2**31
    secrets = [secret] if reader_secret is None else [secret, reader_secret]
    if not numbers or not all(isinstance(each, str) and _SECRET.fullmatch(each) for each in secrets):
        raise broken
    return {"port": port, "secret": secret, "readerSecret": reader_secret, "pid": pid}


def read_record(runtime_dir: str, kernel_id: str) -> dict:
    """The record of a kernel's companion. The caller has checked that `kernel_id` is a kernel's.

    Raises RecordError. The record of a process that has died is removed.
    """
    record = _parse(_read_private(Path(runtime_dir) / f"slicescope-{kernel_id}.json", _MAX_BYTES))
    if not _is_alive(record["pid"]):
        remove_record(runtime_dir, kernel_id)
        raise _has_not_shown()
    return record


def answer_for(record: dict, *, may_execute: bool) -> dict:
    """What of a record a user is told: with `secret` a page can change views, with `readerSecret` only look at them."""
    if may_execute:
        return {name: record[name] for name in ("port", "secret", "pid")}
    if record["readerSecret"] is None:
        raise RecordError(
            "no-reader-secret", "its slicescope is too old to show volumes to a user who may not run code; update it"
        )
    return {name: record[name] for name in ("port", "readerSecret")}


def remove_record(runtime_dir: str, kernel_id: str) -> None:
    """Remove what a companion that was killed has left behind; one that ends by itself does so."""
    for suffix in ("json", "pages.json"):
        (Path(runtime_dir) / f"slicescope-{kernel_id}.{suffix}").unlink(missing_ok=True)


def note_page(runtime_dir: str, kernel_id: str, host: str) -> None:
    """Note that pages of `host` may connect to the kernel's companion, which lets in no others.

    The companion reads `slicescope-<kernel id>.pages.json`, a list of hosts as an Origin names them.
    """
    if not _HOST.fullmatch(host):  # No page has such a host.
        return
    path = Path(runtime_dir) / f"slicescope-{kernel_id}.pages.json"
    hosts = _noted(path)
    if host in hosts:
        return
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump([*hosts, host][-_MAX_HOSTS:], file)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise RecordError(
            "unnoted-page", f"Jupyter's runtime folder can't be written ({error.strerror}); make it writable"
        ) from None


def _noted(path: Path) -> list[str]:
    """The hosts in a file of pages, the newest last; none where it is not ours alone or not what we write."""
    try:
        hosts = json.loads(_read_private(path, _MAX_PAGES_BYTES))
    except (RecordError, ValueError, RecursionError):
        return []
    return [each for each in hosts if isinstance(each, str)] if isinstance(hosts, list) else []
