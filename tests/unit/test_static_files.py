"""The folder of static files: addresses, versions, and what is kept how long."""

import gzip
import re
from pathlib import Path
from typing import Final

import pytest

from app.http.static_files import StaticFolder, read_release

PAGE: Final = """<link rel="stylesheet" href="/static/css/base.css">
<script type="module" src="/static/js/page.js"></script>
<a href="/static/js/gone.js">x</a> <a href="/shows/1">y</a>"""
ENTRY: Final = "import './js/page.js';\nimport { x } from \"./js/gone.js\";\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "page.html", PAGE)
    write(tmp_path, "css/base.css", "body { margin: 0 }" * 20)
    write(tmp_path, "js/page.js", "export const page = 1;")
    write(tmp_path, "img/dot.png", "\0" * 1_000)
    write(tmp_path, "notes.md", "not for browsers")
    write(tmp_path, "embed.js", ENTRY)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_digest_changes_with_any_content_or_name(folder: Path) -> None:
    digests = [read_release(folder).digest]
    write(folder, "js/page.js", "export const page = 2;")
    digests.append(read_release(folder).digest)
    (folder / "js/page.js").rename(folder / "js/pages.js")
    digests.append(read_release(folder).digest)
    write(folder, "page.html", "")
    digests.append(read_release(folder).digest)
    assert len(set(digests)) == 4
    write(folder, "notes.md", "changed")
    assert read_release(folder).digest == digests[-1]


def test_a_page_has_versions_of_what_is_there(folder: Path) -> None:
    release = read_release(folder)
    page = release.pages["page.html"].plain.decode()
    assert f'href="/static/v/{release.digest}/css/base.css"' in page
    assert f'src="/static/v/{release.digest}/js/page.js"' in page
    assert 'href="/static/js/gone.js"' in page
    assert 'href="/shows/1"' in page


def test_a_page_preloads_what_its_modules_import_each_once_and_nearest_first(folder: Path) -> None:
    write(folder, "js/page.js", "import {\n  a,\n  b,\n} from './a.js';\nimport './b.js';\n")
    write(folder, "js/a.js", "export { c } from './parts/c.js';\nimport './page.js';\n")
    write(
        folder,
        "js/b.js",
        "import './a.js';\nimport './gone.js';\nimport('./later.js');\n"
        "export const x = './later.js';",
    )
    write(folder, "js/parts/c.js", "import '../b.js';\n// import './later.js';\n")
    write(folder, "js/later.js", "")
    release = read_release(folder)
    page = release.pages["page.html"].plain.decode()
    loaded = re.findall(rf'"modulepreload" href="/static/v/{release.digest}/(.+?)"', page)
    assert loaded == ["js/a.js", "js/b.js", "js/parts/c.js"]
    assert page.index("js/parts/c.js") < page.index("<script")


def test_the_entry_imports_versions_and_is_kept_for_minutes(folder: Path) -> None:
    files = StaticFolder(folder, follows_changes=False)
    digest = files.release.digest
    found = files.find("embed.js")
    assert found is not None
    file, cache_control = found
    assert cache_control == "public, max-age=300"
    assert file.plain.decode() == ENTRY.replace("./js/page.js", f"./v/{digest}/js/page.js")
    versioned = files.find(f"v/{digest}/embed.js")
    assert versioned is not None
    assert versioned[0].plain.decode() == ENTRY


def test_only_files_for_browsers_are_found_and_pages_not_among_them(folder: Path) -> None:
    files = StaticFolder(folder, follows_changes=False)
    for path in ("notes.md", "page.html", "", "js", "js/", "../x", "/js/page.js", "v/x/js/page.js"):
        assert files.find(path) is None
    assert files.page("notes.md") is None
    assert files.page("page.html") is not None


def test_what_is_no_text_or_would_not_shrink_is_not_compressed(folder: Path) -> None:
    files = read_release(folder).files
    assert files["img/dot.png"].gzipped is None
    assert files["js/page.js"].gzipped is None
    css = files["css/base.css"]
    assert css.gzipped is not None
    assert gzip.decompress(css.gzipped) == css.plain


def test_changes_show_only_where_they_are_followed(folder: Path) -> None:
    kept = StaticFolder(folder, follows_changes=False)
    followed = StaticFolder(folder, follows_changes=True)
    before = kept.release
    write(folder, "js/page.js", "export const page = 1_000;")
    write(folder, "js/more.js", "export const more = 1;")
    assert kept.release is before
    assert followed.release.digest != before.digest
    assert followed.find("js/more.js") is not None
    assert followed.release is followed.release
