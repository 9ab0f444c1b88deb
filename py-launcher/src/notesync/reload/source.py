"""The text of one module as a list of top-level statements that can be compared and run one by
one."""

from __future__ import annotations
import __future__ as future

import ast
import copy
import importlib.util
import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cached_property
from types import CodeType

from notesync.reload.facts import scan
from notesync.reload.names import Facts, slim
from notesync.reload.syntax import FUNCTIONS, absolute, assigned_names, first_line, is_lambda

_KEEP = re.compile(r"#\s*notesync:\s*keep\b")
_IMPORT = re.compile(
    rb"(?:^|[;:])([ \t\f]*)"
    rb"(?:from[ \t]+(\.*[ \t]*[\w.\x80-\xff]*)[ \t]*import[ \t]*"
    rb"(\((?:[^()#]|#[^\n]*\n)*\)|(?:[^\n\\;#]|\\\r?\n)*)"
    rb"|import[ \t]+((?:[^\n\\;#]|\\\r?\n)+))",
    re.M,
)
_WORD = re.compile(rb"[\w.\x80-\xff]+")
_AROUND = (b"import *", b"dir(", b"vars(", b"__dict__", b"getmembers", b"attr(", b"import_module")
_COMMENT = re.compile(rb"#[^\n]*")


_OF_TREE = ("dump", "skeleton", "code")


class Stmt:
    """One top-level statement (one alias of an import): its text, its facts, its code.

    The facts stay; tree and text are dropped with those of the module and come back when asked for.
    """

    def __init__(self, node: ast.stmt, source: Source, text: str, *, keep: bool) -> None:
        self._tree: tuple[ast.stmt, str] | None = (node, text)
        self.source = source
        self.line = first_line(node)
        self.keep = keep

    @property
    def node(self) -> ast.stmt:
        """The tree."""
        return self._parsed()[0]

    @property
    def text(self) -> str:
        """The lines, or the dump where it shares a line with another."""
        return self._parsed()[1]

    def _parsed(self) -> tuple[ast.stmt, str]:
        if self._tree is None:
            self.source.parse_again()
        assert self._tree is not None
        return self._tree

    def forget(self) -> None:
        """Drop tree, text and code. An import keeps its own: it is small and often run again."""
        if self._tree is None or isinstance(self._tree[0], (ast.Import, ast.ImportFrom)):
            return
        _ = self.label
        self._tree = None
        for name in _OF_TREE:
            self.__dict__.pop(name, None)
        for kind in self.facts.classes.values():
            kind.drop(self.source.parse_again)

    def bring_back(self, node: ast.stmt, text: str) -> None:
        """Take the tree of the same statement, parsed again."""
        if self._tree is not None:
            return
        self._tree = (node, text)
        if self.facts.classes:
            again = scan(node, self.source.package, lazy_annotations=self.source.lazy_annotations)
            for where, kind in self.facts.classes.items():
                kind.bring_back(again.classes[where])

    @cached_property
    def dump(self) -> str:
        """Equal dumps mean equal meaning, whatever the layout and comments."""
        return ast.dump(self.node)

    @cached_property
    def skeleton(self) -> str:
        """The dump without the bodies of functions: equal skeletons differ in bodies at most."""
        return ast.dump(_Hollow().visit(copy.deepcopy(self.node)))

    @cached_property
    def facts(self) -> Facts:
        """What the statement binds, reads, holds and changes."""
        return scan(self.node, self.source.package, lazy_annotations=self.source.lazy_annotations)

    @cached_property
    def label(self) -> tuple[str, str] | None:
        """Kind and name under which the statement of an older text is found again."""
        node = self.node
        if isinstance(node, FUNCTIONS):
            return ("def", node.name)
        if isinstance(node, ast.ClassDef):
            return ("class", node.name)
        targets = assigned_names(node)
        if targets:
            kind = "lambda" if is_lambda(node) else "="
            return (kind, ",".join(targets))
        if isinstance(node, (ast.If, ast.Try, ast.For, ast.While, ast.With)):
            names = sorted(self.facts.binds)
            return (type(node).__name__, ",".join(names)) if names else None
        return None

    @cached_property
    def code(self) -> CodeType:
        """The statement compiled alone, with the line numbers and future flags of its module."""
        return self.source.compile_nodes([self.node])


class Source:
    """The bytes of one module file and what follows from them. Immutable apart from caches."""

    def __init__(self, data: bytes, name: str, file: str, *, is_package: bool) -> None:
        self.data = data
        self.name = name
        self.file = file
        self.is_package = is_package
        self.package = name if is_package else name.rpartition(".")[0]
        self._stmts: list[Stmt] | None = None
        self._forgotten = False

    @cached_property
    def text(self) -> str:
        """The decoded text (coding cookies and byte order marks are honoured)."""
        return importlib.util.decode_source(self.data)

    @cached_property
    def plain(self) -> bytes:
        """The text for searching names in it: UTF-8, as the parser spells them, plain line ends."""
        if b"\r" not in self.data and self.data.isascii():
            return self.data
        try:
            return unicodedata.normalize("NFKC", self.text).encode()
        except (SyntaxError, UnicodeError):
            return self.data

    @cached_property
    def makes_classes(self) -> bool:
        """Whether more than the bodies of its classes may give these attributes."""
        return any(word in self.data for word in (b"setattr", b"\n@", b"\nclass "))

    @cached_property
    def looks_around(self) -> bool:
        """Whether it may take or ask for names of a module without naming them."""
        return any(word in self.plain for word in _AROUND)

    @cached_property
    def edges(self) -> dict[str, bool]:
        """Every module name that the text may import → whether that is at the left margin.

        Found by a pattern, not by parsing: a superset, cheap enough for every module of a project.
        """
        found: dict[str, bool] = {}
        for match in _IMPORT.finditer(self.plain):
            strong = not match.group(1)
            if match.group(4) is not None:
                for part in match.group(4).split(b","):
                    word = _WORD.search(part)
                    if word:
                        self._edge(found, word.group().decode("utf-8", "replace"), strong)
                continue
            base = match.group(2).decode("utf-8", "replace").replace(" ", "")
            base = absolute(base.lstrip("."), len(base) - len(base.lstrip(".")), self.package)
            self._edge(found, base, strong)
            for part in _COMMENT.sub(b"", match.group(3)).strip(b"() \t\r\n\\").split(b","):
                word = _WORD.search(part)
                if word:
                    self._edge(found, f"{base}.{word.group().decode('utf-8', 'replace')}", strong)
        return found

    @cached_property
    def exact_edges(self) -> dict[str, bool]:
        """The same from the tree: no examples in docstrings, no imports for type checkers only."""
        found: dict[str, bool] = {}
        stack: list[tuple[ast.AST, bool]] = [(stmt.node, True) for stmt in self.stmts]
        while stack:
            node, strong = stack.pop()
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._edge(found, alias.name, strong)
            elif isinstance(node, ast.ImportFrom):
                base = absolute(node.module or "", node.level, self.package)
                self._edge(found, base, strong)
                for alias in node.names:
                    self._edge(found, f"{base}.{alias.name}", strong)
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                stack += [(child, strong) for child in node.orelse]
            elif not isinstance(node, ast.expr):
                later = isinstance(node, FUNCTIONS)
                stack += [(child, strong and not later) for child in ast.iter_child_nodes(node)]
        return found

    @staticmethod
    def _edge(found: dict[str, bool], name: str, strong: bool) -> None:
        while name:
            found[name] = found.get(name, False) or strong
            name = name.rpartition(".")[0]

    @property
    def stmts(self) -> list[Stmt]:
        """The top-level statements in order. Raises SyntaxError (and UnicodeError as
        SyntaxError)."""
        if self._stmts is None:
            self._stmts = self._parse()
        return self._stmts

    def forget(self) -> None:
        """Drop the trees (they are ten times the text); they are parsed again when needed.

        What was derived from them stays, so that nobody needs them while this text stays.
        """
        if self._stmts is not None and not self._forgotten:
            _ = self.exact_edges
            known: dict[object, object] = {}
            for stmt in self._stmts:
                slim(stmt.facts, known)
                stmt.forget()
            self._forgotten = True

    def drop(self) -> None:
        """Forget the facts too."""
        self._stmts, self._forgotten = None, False
        for name in ("_index", "_roots", "exact_edges"):
            self.__dict__.pop(name, None)

    def parse_again(self) -> None:
        """Give the statements back their trees."""
        if self._stmts is not None and self._forgotten:
            self._forgotten = False
            for stmt, again in zip(self._stmts, self._parse(), strict=True):
                stmt.bring_back(again.node, again.text)

    def _parse(self) -> list[Stmt]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(self.data, self.file)
        self.flags = 0
        self.doc = ast.get_docstring(tree, clean=False)
        stmts: list[Stmt] = []
        lines = self.text.split("\n")
        taken: dict[int, int] = {}
        for node in tree.body:
            for line in {first_line(node), node.end_lineno or node.lineno}:
                taken[line] = taken.get(line, 0) + 1
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    feature = getattr(future, alias.name, None)
                    self.flags |= feature.compiler_flag if feature else 0
            first, last = first_line(node), node.end_lineno or node.lineno
            shared = taken[first] > 1 or taken[last] > 1
            text = ast.dump(node) if shared else "\n".join(lines[first - 1 : last])
            keep = any(_KEEP.search(line) for line in lines[first - 1 : _header_end(node)])
            for part in _split(node):
                words = text if part is node else ast.dump(part)
                stmts.append(Stmt(part, self, words, keep=keep))
        return stmts

    @property
    def lazy_annotations(self) -> bool:
        """Annotations are not evaluated when the statement runs."""
        return bool(self.flags & future.annotations.compiler_flag)

    def check(self) -> None:
        """Parse and compile the whole text, so that nothing runs when any file is broken."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(self.data, self.file, "exec", dont_inherit=True)
        _ = self.stmts

    def compile_nodes(self, nodes: list[ast.stmt]) -> CodeType:
        """Compile statements as a part of this module."""
        module = ast.Module(body=nodes, type_ignores=[])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(module, self.file, "exec", flags=self.flags, dont_inherit=True)
        assert isinstance(code, CodeType)
        return code


def _header_end(node: ast.stmt) -> int:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(node.lineno, first_line(body[0]) - 1)
    return node.end_lineno or node.lineno


def _split(node: ast.stmt) -> Iterator[ast.stmt]:
    """One statement per imported name: adding a name to an import leaves the others unchanged."""
    if isinstance(node, (ast.Import, ast.ImportFrom)) and len(node.names) > 1:
        for alias in node.names:
            part = copy.copy(node)
            part.names = [alias]
            yield part
    else:
        yield node


class _Hollow(ast.NodeTransformer):
    """Empties every function body; a lambda only where it is the whole right-hand side."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = []
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.body = []
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if is_lambda(node):
            assert isinstance(node.value, ast.Lambda)
            node.value.body = ast.Constant(value=None)
        return node
