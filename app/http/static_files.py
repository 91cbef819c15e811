"""The files under static/, read once and kept as they are sent.

A file has two addresses. `/static/v/<digest>/…`, with the digest of the whole folder, is what our
pages name: it may be kept for ever, and as modules import each other by relative paths a page draws
all of them from one release. `/static/…` is for whoever cannot know the digest: it is asked for
again each time and answered 304.

Rule: another digest than ours (an instance of another release made the page) is answered with what
we have, to be revalidated: no page breaks while releases change, and nobody keeps the wrong file.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

# What other sites load: it cannot be versioned, so it is kept for minutes only.
ENTRY: Final = "embed.js"

_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_TEXTS: Final = (".css", ".html", ".js", ".json", ".svg", ".txt")
_DIGEST_CHARS: Final = 16
_VERSIONED: Final = re.compile(r"v/(?P<digest>[0-9a-f]{16})/(?P<name>.+)", re.ASCII)
_IN_PAGE: Final = re.compile(rb'(?P<start>\b(?:href|src)=")/static/(?P<name>[^"]+)(?=")')
_MODULE: Final = re.compile(
    rb'(?P<indent>[ \t]*)<script type="module" src="/static/(?P<name>[^"]+)"'
)
_IMPORT: Final = re.compile(
    rb"^(?:import|export)\b(?:[^;'\"(=]*\bfrom)?\s*['\"](?P<path>\.{1,2}/[^'\"]+)['\"]", re.M
)
_IN_ENTRY: Final = re.compile(rb"(?P<start>[\"'])\./(?P<name>[\w./-]+)(?=[\"'])")

# Path -> modification time and size.
_Stamps = dict[Path, tuple[int, int]]


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent. etag: without its quotes."""

    plain: bytes
    media_type: str
    is_text: bool

    @cached_property
    def etag(self) -> str:
        return hashlib.sha256(self.plain).hexdigest()[:_DIGEST_CHARS]

    @cached_property
    def gzipped(self) -> bytes | None:
        """The file compressed, made when first asked for; None when that saves nothing."""
        if not self.is_text:
            return None
        gzipped = gzip.compress(self.plain, 9, mtime=0)
        return gzipped if len(gzipped) < len(self.plain) else None


@dataclass(frozen=True, slots=True)
class Release:
    """The folder at one time. pages: HTML with versioned addresses; entry: the same for ENTRY."""

    digest: str
    files: Mapping[str, StaticFile]
    pages: Mapping[str, StaticFile]
    entry: StaticFile | None


class StaticFolder:
    """Finds files by their address.

    follows_changes: look at the folder again for every request, for whoever is writing it.
    """

    def __init__(self, folder: Path, *, follows_changes: bool) -> None:
        self._folder = folder
        self._follows_changes = follows_changes
        self._stamps = _stamps(folder)
        self._release = read_release(folder)

    @property
    def release(self) -> Release:
        if self._follows_changes:
            stamps = _stamps(self._folder)
            if stamps != self._stamps:
                self._stamps, self._release = stamps, read_release(self._folder)
        return self._release

    def page(self, name: str) -> StaticFile | None:
        """Return the HTML page of that name, or None."""
        return self.release.pages.get(name)

    def find(self, path: str) -> tuple[StaticFile, str] | None:
        """Return the file at *path*, which follows `/static/`, and its Cache-Control; or None."""
        release = self.release
        versioned = _VERSIONED.fullmatch(path)
        if versioned is None and path == ENTRY and release.entry is not None:
            return release.entry, "public, max-age=300"
        file = release.files.get(versioned["name"] if versioned else path)
        if file is None:
            return None
        is_ours = versioned is not None and versioned["digest"] == release.digest
        return file, "public, max-age=31536000, immutable" if is_ours else "no-cache"


def read_release(folder: Path) -> Release:
    """Read all files of *folder* that have a type we know."""
    files = {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in _MEDIA_TYPES and path.is_file()
    }
    digest = _digest(files)
    known = {name: file for name, file in files.items() if not name.endswith(".html")}
    pages = {
        name: _versioned(_preloading(file, known), _IN_PAGE, b"/static/", digest, known)
        for name, file in files.items()
        if name not in known
    }
    entry = files.get(ENTRY)
    if entry is not None:
        entry = _versioned(entry, _IN_ENTRY, b"./", digest, known)
    return Release(digest, known, pages, entry)


def _read(path: Path) -> StaticFile:
    return StaticFile(path.read_bytes(), _MEDIA_TYPES[path.suffix], path.suffix in _TEXTS)


def _digest(files: Mapping[str, StaticFile]) -> str:
    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{name}\0{len(file.plain)}\0".encode())
        digest.update(file.plain)
    return digest.hexdigest()[:_DIGEST_CHARS]


def _preloading(page: StaticFile, known: Mapping[str, StaticFile]) -> StaticFile:
    """Return *page* with a preload for every module that its scripts import.

    Otherwise the browser finds them one level after another, with a round trip for each.
    """

    def put_links(match: re.Match[bytes]) -> bytes:
        link = b'%b<link rel="modulepreload" href="/static/%b">\n'
        links = (
            link % (match["indent"], name.encode())
            for name in _imported(match["name"].decode(errors="replace"), known)
        )
        return b"".join(links) + match[0]

    return StaticFile(_MODULE.sub(put_links, page.plain), page.media_type, page.is_text)


def _imported(name: str, known: Mapping[str, StaticFile]) -> list[str]:
    """Return the modules that *name* imports, and those they import: nearest first."""
    found = {name: None}
    queue = [name]
    for importer in queue:
        file = known.get(importer)
        for match in _IMPORT.finditer(file.plain if file else b""):
            path = posixpath.join(posixpath.dirname(importer), match["path"].decode())
            imported = posixpath.normpath(path)
            if imported in known and imported not in found:
                found[imported] = None
                queue.append(imported)
    return queue[1:]


def _versioned(
    file: StaticFile,
    address: re.Pattern[bytes],
    base: bytes,
    digest: str,
    known: Mapping[str, StaticFile],
) -> StaticFile:
    """Return *file* with the addresses of known files versioned; others stay as they are."""

    def put_digest(match: re.Match[bytes]) -> bytes:
        if match["name"].decode(errors="replace") not in known:
            return match[0]
        return match["start"] + base + b"v/" + digest.encode() + b"/" + match["name"]

    return StaticFile(address.sub(put_digest, file.plain), file.media_type, file.is_text)


def _stamps(folder: Path) -> _Stamps:
    stamps = {}
    for path in folder.rglob("*"):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # an editor's, gone already
        stamps[path] = (stat.st_mtime_ns, stat.st_size)
    return stamps
