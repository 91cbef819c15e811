"""The rules of the house, read from the source: who imports whom, what is where, how long it is."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from app.config import Settings, project_root
from app.errors import SeatwireError
from app.sql import SQL_FOLDER, load_queries
from realtime.close_codes import CloseCode

ROOT: Final = project_root()
PACKAGES: Final = ("app", "realtime", "workers")

MODULE_LINES_MAX: Final = 500
# A table of words, two languages of every one; translators want it in one place.
TEXTS: Final = Path("static/js/texts.js")
FUNCTION_LINES_MAX: Final = 70

# Composition roots: they alone put the layers together.
ROOTS: Final = ("app.main", "app.cli")
# Layer -> the layers it never imports.
NOT_IMPORTED: Final = {
    "app": ("realtime", "workers", "tests", "benchmarks"),
    "realtime": ("workers", "tests", "benchmarks", "app.http", *ROOTS),
    "workers": ("realtime", "tests", "benchmarks", "app.http", *ROOTS),
}
# Dependency -> its owners.
OWNERS: Final = {
    "asyncpg": ("app.database", "app.database_hosts", "app.schema"),
    "redis": ("app.board", "app.feed", "app.script_line", "app.services"),
    "hiredis": ("app.script_line",),
    "websockets": ("app.client", "app.simulate"),
    "uvicorn": ("app.http.protocol", "app.main", "realtime.socket"),
    "jwt": ("app.auth",),
    "honcho": ("app.processes",),
    "segno": ("app.http.tickets",),
}
# These are pure whatever they say of themselves, and so is every module that says so.
ALWAYS_PURE: Final = {
    "app.changes",
    "app.domain",
    "app.errors",
    "app.plan_faults",
    "app.plan_format",
    "app.plans",
    "app.show_form",
    "realtime.close_codes",
    "realtime.protocol",
    "realtime.replica",
    "realtime.session",
}
# What a pure module may import: values and their forms, nothing that waits, reads or draws lots.
PURE_IMPORTS: Final = {
    "array",
    "bisect",
    "codecs",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "hashlib",
    "itertools",
    "math",
    "msgpack",
    "msgspec",
    "pydantic",
    "pydantic_core",
    "re",
    "struct",
    "typing",
    "typing_extensions",
    "uuid",
}
# Of app.auth a session uses the words and the table; the keys come in as an argument.
AUTH_WORDS: Final = {"ANONYMOUS", "Action", "Identity", "require"}

SQL_TEXT: Final = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b"
    r"|\b(?:CREATE|ALTER|DROP)\s+(?:TABLE|TYPE|INDEX|FUNCTION|DATABASE|ROLE|USER)\b",
    re.DOTALL,
)
LUA_TEXT: Final = re.compile(r"\bredis\.p?call\b|\bKEYS\[|\bARGV\[|\blocal \w+ =")

RULE: Final = re.compile(r"^- \*\*([A-Z]{2}\d+)\*\* ", re.MULTILINE)
RULE_IN_NAME: Final = re.compile(r"_([A-Z]{2}\d+)(?=_)")

# Written in halves, so that this file does not name what it forbids.
UNFINISHED: Final = re.compile(
    r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b"
)
MACHINE_PATH: Final = re.compile(
    r"(?<![\w.<{])/(?:" + "|".join(("work", "home", "root", "Users")) + r")/\w"
)
MADE_FOLDERS: Final = {"__pycache__", "node_modules", "build", "dist"}
TEXT_SUFFIXES: Final = {
    "", ".css", ".html", ".js", ".json", ".lock", ".lua", ".md", ".mjs", ".py", ".sql", ".svg",
    ".toml", ".yaml", ".yml", ".conf", ".service",
}  # fmt: skip


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the product by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text())
    return found


@cache
def pure_modules() -> list[str]:
    claimed = {
        name
        for name, tree in modules().items()
        if re.search(r"\bPure\b", ast.get_docstring(tree) or "")
    }
    return sorted(ALWAYS_PURE | claimed)


def imports(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Yield each import of a module, wherever it stands, as (module, name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            yield from ((node.module, alias.name) for alias in node.names)


def imported_modules(name: str) -> set[str]:
    """Return what a module imports; of `from app import x` the module app.x."""
    known = modules()
    found = set()
    for module, member in imports(known[name]):
        inner = f"{module}.{member}"
        found.add(inner if inner in known else module)
    return found


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@cache
def text_files() -> dict[Path, str]:
    """Return every text file of the project, without what is made or installed."""
    found = {}
    for top in sorted(ROOT.iterdir()):
        if top.name.startswith(".") and top.name not in (".ci", ".gitignore"):
            continue
        for path in (top, *sorted(top.rglob("*"))):
            name = path.relative_to(ROOT)
            made = any(part in MADE_FOLDERS or part.endswith(".egg-info") for part in name.parts)
            if path.suffix in TEXT_SUFFIXES and path.is_file() and not made:
                found[name] = path.read_text()
    return found


def python_files() -> list[Path]:
    return [path for path in text_files() if path.suffix == ".py"]


# Layers


@pytest.mark.parametrize("name", modules())
def test_imports_point_down(name: str) -> None:
    """realtime -> app, workers -> app, app.http -> app; never back up."""
    if name in ROOTS:
        return
    layer, _, _ = name.partition(".")
    wrong = {m for m in imported_modules(name) if is_within(m, NOT_IMPORTED[layer])}
    assert not wrong


def test_only_the_web_and_the_roots_import_the_http_side() -> None:
    """What is true of a sale does not depend on how it is asked for."""
    importers = {
        name
        for name in modules()
        if not is_within(name, ("app.http",))
        and any(is_within(module, ("app.http",)) for module in imported_modules(name))
    }
    assert importers <= set(ROOTS)


def test_nothing_imports_in_a_circle() -> None:
    known = modules()
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for module in sorted(imported_modules(name) & set(known)):
                visit(module, (*path, name))
            done.add(name)

    for name in known:
        visit(name, ())


@pytest.mark.parametrize("dependency", OWNERS)
def test_a_dependency_is_imported_by_its_owners_only(dependency: str) -> None:
    importers = {
        name
        for name in modules()
        if any(is_within(module, (dependency,)) for module in imported_modules(name))
    }
    assert importers
    assert importers <= set(OWNERS[dependency])


# Pure modules


@pytest.mark.parametrize("name", pure_modules())
def test_a_pure_module_imports_no_more_than_values(name: str) -> None:
    for module, member in imports(modules()[name]):
        top, _, _ = module.partition(".")
        if top in PACKAGES:
            allowed = module in pure_modules() or (module == "app.auth" and member in AUTH_WORDS)
        else:
            allowed = top in PURE_IMPORTS
        assert allowed, f"{name} imports {module}"


@pytest.mark.parametrize("name", pure_modules())
def test_a_pure_module_never_waits_and_reads_no_clock(name: str) -> None:
    for node in ast.walk(modules()[name]):
        assert not isinstance(node, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith)
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "utcnow", "today", "uuid1", "uuid4"), node.attr
        if isinstance(node, ast.Name):
            assert node.id not in ("open", "print", "input", "uuid4"), node.id


# Words in the right place


@pytest.mark.parametrize("name", modules())
def test_no_wait_loses_a_cancellation(name: str) -> None:
    """`asyncio.wait_for` may, before Python 3.12; `asyncio.timeout` does not."""
    tree = modules()[name]
    assert ("asyncio", "wait_for") not in imports(tree)
    calls = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "asyncio.wait_for" not in calls


@pytest.mark.parametrize("name", modules())
def test_there_is_no_sql_and_no_lua_in_python(name: str) -> None:
    tree = modules()[name]
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            if id(node) in docstrings:
                continue
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            assert not SQL_TEXT.search(text), text
            assert not LUA_TEXT.search(text), text


def test_the_patterns_know_sql_and_lua() -> None:
    """Otherwise the test above could not fail."""
    for file in sorted((SQL_FOLDER / "queries").glob("*.sql")):
        assert SQL_TEXT.search(file.read_text())
    assert LUA_TEXT.search((ROOT / "app" / "board.lua").read_text())


def _used_queries() -> dict[str, set[str]]:
    """Return the names that are looked up in queries, by the file they are loaded from."""
    used: dict[str, set[str]] = {}
    for tree in modules().values():
        files = {
            node.args[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "load_queries"
            and isinstance(node.args[0], ast.Constant)
        }
        names = {
            node.slice.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Subscript)
            and ast.unparse(node.value).endswith("queries")
            and isinstance(node.slice, ast.Constant)
        }
        for file in files:
            assert isinstance(file, str)
            used.setdefault(file, set()).update(str(name) for name in names)
    return used


@pytest.mark.parametrize(
    "path", sorted((SQL_FOLDER / "queries").glob("*.sql")), ids=lambda p: p.stem
)
def test_every_query_is_used_and_every_used_query_exists(path: Path) -> None:
    assert _used_queries()[path.stem] == set(load_queries(path.stem))


# Size and tidiness


@pytest.mark.parametrize("path", text_files(), ids=str)
def test_no_module_is_long(path: Path) -> None:
    if path != TEXTS and path.suffix in (".py", ".js", ".mjs", ".lua", ".sql", ".css"):
        assert text_files()[path].count("\n") <= MODULE_LINES_MAX


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_no_function_is_long(path: Path) -> None:
    for node in ast.walk(ast.parse(text_files()[path])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < FUNCTION_LINES_MAX, node.name


def test_nothing_is_unfinished() -> None:
    assert not {str(path) for path, text in text_files().items() if UNFINISHED.search(text)}


def test_nothing_names_a_machines_path() -> None:
    found = {str(path): MACHINE_PATH.findall(text) for path, text in text_files().items()}
    assert not {path for path, hits in found.items() if hits}


def test_every_folder_of_the_project_is_looked_at() -> None:
    looked_at = {path.parts[0] for path in text_files()}
    assert {*PACKAGES, "docs", "sql", "static", "tests", ".ci", "Makefile"} <= looked_at


# The documents


def test_every_setting_is_described() -> None:
    text = (ROOT / "docs" / "OPERATING.md").read_text()
    names = {f"SEATWIRE_{name}".upper() for name in Settings.model_fields}
    for name in modules():
        source = ast.unparse(modules()[name])
        names |= set(re.findall(r"\bSEATWIRE_[A-Z_]+[A-Z]\b", source))
    assert not {name for name in names if not re.search(rf"`{name}\b", text)}


def _error_kinds(kind: type[SeatwireError] = SeatwireError) -> Iterator[type[SeatwireError]]:
    for child in kind.__subclasses__():
        if child.__module__ == SeatwireError.__module__:
            yield child
            yield from _error_kinds(child)


@pytest.mark.parametrize("kind", list(_error_kinds()), ids=lambda kind: kind.code)
def test_ER1_ER2_every_error_has_its_line_in_the_document(kind: type[SeatwireError]) -> None:
    again = "again" if kind.temporary else ""
    line = rf"^\| `{kind.code}` \| {kind.http_status} \| {again} *\|"
    assert re.search(line, _protocol(), re.MULTILINE)


def test_ER1_the_document_lists_no_other_errors() -> None:
    listed = re.findall(r"^\| `([a-z_]+)` \| \d{3} \|", _protocol(), re.MULTILINE)
    assert sorted(listed) == sorted(kind.code for kind in _error_kinds())


def test_CL1_every_close_code_stands_in_the_document() -> None:
    for code in CloseCode:
        assert re.search(rf"^\| {int(code)} \|", _protocol(), re.MULTILINE)


def test_the_rules_of_the_wire_have_ids_of_their_own() -> None:
    rules = RULE.findall(_protocol())
    assert len(rules) == len(set(rules)) > 50


def test_a_test_that_names_a_rule_names_one_that_exists() -> None:
    rules = set(RULE.findall(_protocol()))
    named: dict[str, str] = {}
    for path in python_files():
        for node in ast.walk(ast.parse(text_files()[path])):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name.startswith("test_"):
                    named |= dict.fromkeys(RULE_IN_NAME.findall(node.name), node.name)
    assert named.keys() >= {"HE1", "SN2", "DL1", "RP3", "RL3"}
    assert not {test for rule, test in named.items() if rule not in rules}


def _protocol() -> str:
    return (ROOT / "docs" / "PROTOCOL.md").read_text()
