"""A resolver of one line as an expression that stands in place of its call: of thousands, calls are half of the time.

The resolver is said once, as a function; its expression is read from that function's own source.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from core.language import speaks_english

_numbers = count()


class Expression(NamedTuple):
    """Python's text of a value, of `value` and `english` (whether the reader is), and what else it names."""

    text: str
    known: dict[str, Any]


@cache
def inlined(resolver: Callable[..., Any]) -> Expression | None:
    """What a resolver `(root, info)` returns; None for one that does more, asks for `info` or has no source."""
    if not inspect.isfunction(resolver) or len(inspect.signature(resolver).parameters) != 2:
        return None
    root, info = inspect.signature(resolver).parameters
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(resolver))).body[0]
        variables = inspect.getclosurevars(resolver)
    except (OSError, SyntaxError, ValueError):
        return None
    value = _returned(tree)
    if value is None or variables.unbound:
        return None
    writer = _Writer(root, {**variables.globals, **variables.nonlocals}, f"r{next(_numbers)}_")
    if any(_is_strange(node, info) for node in ast.walk(value)):
        return None
    return Expression(ast.unparse(writer.visit(value)), writer.known)


def _returned(tree: ast.stmt) -> ast.expr | None:
    if not isinstance(tree, ast.FunctionDef):
        return None
    body = [
        one for one in tree.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]
    return body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None


def _is_strange(node: ast.AST, info: str) -> bool:
    """What has names of its own, or asks for more than the row."""
    own_names = ast.Lambda | ast.NamedExpr | ast.comprehension | ast.Await | ast.Yield | ast.YieldFrom
    return isinstance(node, own_names) or (isinstance(node, ast.Name) and node.id == info)


class _Writer(ast.NodeTransformer):
    """The expression with its names made one's own; texts that a closure holds become texts."""

    def __init__(self, root: str, found: dict[str, Any], prefix: str):
        self.root, self.found, self.prefix = root, found, prefix
        self.known: dict[str, Any] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == self.root:
            return ast.Name("value", ast.Load())
        if node.id not in self.found:
            return node  # a builtin
        meant = self.found[node.id]
        if type(meant) in (str, int, bool, type(None)):
            return ast.Constant(meant)
        self.known[self.prefix + node.id] = meant
        return ast.Name(self.prefix + node.id, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and self.found.get(node.func.id) is speaks_english:
            return ast.Name("english", ast.Load())
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[row, ast.Constant(value=str(name))]):
                if name.isidentifier():
                    return ast.Attribute(row, name, ast.Load())
        return node
