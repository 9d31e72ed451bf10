"""The rules of CONTRIBUTING.md, read off the source: sizes, names, docstrings, and what is never written."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.source import Function, Module, functions, modules, where

MAX_FILE_LINES = 400
MAX_OBJECTIVE_LINES = 150
MAX_FUNCTION_LINES = 80
MAX_PARAMETERS = 7
MAX_NESTING = 3

BANNED_NAMES = {
    *("util", "utils", "common", "misc", "helper", "helpers"),
    *("core", "base", "manager", "handler", "default"),
}
BANNED_WORDS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
BANNED_CALLS = {"eval", "exec", "__import__"}
BANNED_MODULES = {"pickle", "cPickle", "dill", "shelve", "marshal"}
BANNED_ATTRIBUTES = {("os", "system"), ("os", "popen")}

# Loops and branches; `with` and `try` open no further case to keep in mind.
_NESTING = (ast.If, ast.For, ast.While, ast.Match, ast.AsyncFor)
_SCOPES = (ast.With, ast.AsyncWith, ast.Try)


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {word.lower() for word in spaced.split("_") if word}


def _is_click_command(function: Function) -> bool:
    return any(re.search(r"\b(command|group)\(", ast.unparse(mark)) for mark in function.decorator_list)


def _num_parameters(function: Function) -> int:
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def _depth(statements: list[ast.stmt]) -> int:
    return max((_depth_of(statement) for statement in statements), default=0)


def _depth_of(statement: ast.stmt) -> int:
    """How deep loops and branches nest in `statement`; an elif is no deeper than its if."""
    if isinstance(statement, Function | ast.ClassDef):
        return 0
    if not isinstance(statement, _NESTING + _SCOPES):
        return 0
    inner = 0
    for _, value in ast.iter_fields(statement):
        if not isinstance(value, list):
            continue
        for child in value:
            if isinstance(child, ast.ExceptHandler | ast.match_case):
                inner = max(inner, _depth(child.body))
        body = [child for child in value if isinstance(child, ast.stmt)]
        is_elif = isinstance(statement, ast.If) and body == statement.orelse and len(body) == 1
        if is_elif and isinstance(body[0], ast.If):
            inner = max(inner, _depth_of(body[0]) - 1)
        else:
            inner = max(inner, _depth(body))
    return inner + isinstance(statement, _NESTING)


def test_files_are_short() -> None:
    for module in modules():
        limit = MAX_OBJECTIVE_LINES if module.room == "objectives" else MAX_FILE_LINES
        num_lines = len(module.text.splitlines())
        assert num_lines <= limit, f"{module.path}: {num_lines} lines, {limit} at most"


def test_functions_are_short() -> None:
    long = [
        f"{where(module, function)}: {function.name} has {_num_lines(function)} lines"
        for module in modules()
        for function in functions(module)
        if _num_lines(function) > MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def _num_lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_functions_take_seven_parameters_at_most() -> None:
    wide = [
        f"{where(module, function)}: {function.name} takes {_num_parameters(function)}"
        for module in modules()
        for function in functions(module)
        if _num_parameters(function) > MAX_PARAMETERS and not _is_click_command(function)
    ]
    assert not wide, "\n".join(wide)


def test_code_nests_three_deep_at_most() -> None:
    deep = [
        f"{where(module, function)}: {function.name} nests {_depth(function.body)} deep"
        for module in modules()
        for function in functions(module)
        if _depth(function.body) > MAX_NESTING
    ]
    assert not deep, "\n".join(deep)


def test_nesting_is_counted_as_a_reader_would() -> None:
    branch = "  elif b:\n    with c:\n      while d:\n        pass\n"
    body = f"for a in b:\n  if a:\n    pass\n{branch}  else:\n    pass\n"
    assert _depth(ast.parse(body).body) == 3
    assert _depth(ast.parse("if a:\n  pass\nelif b:\n  pass\nelif c:\n  pass\n").body) == 1
    assert _depth(ast.parse("try:\n  a\nexcept E:\n  if b:\n    c\n").body) == 1


def test_no_file_or_class_is_named_after_nothing() -> None:
    wrong = [f"{module.path}" for module in modules() if _words(module.path.stem) & BANNED_NAMES]
    wrong += [
        f"{where(module, node)}: {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and _words(node.name) & BANNED_NAMES
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_says_what_it_is() -> None:
    wrong = [str(module.path) for module in modules() if not ast.get_docstring(module.tree)]
    assert not wrong, "\n".join(wrong)


def test_every_public_function_and_class_says_what_it_is() -> None:
    said_by_framework = {"forward", "backward", "generate"}
    said_once = {
        node.name for module in modules() for node in _public(module.tree) if ast.get_docstring(node)
    }
    wrong = [
        f"{where(module, node)}: {node.name}"
        for module in modules()
        for node in _public(module.tree)
        if not ast.get_docstring(node)
        and (node in module.tree.body or node.name not in said_once | said_by_framework)
    ]
    assert not wrong, "\n".join(wrong)


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of its classes."""
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _public(node)


def test_nothing_is_left_to_be_done_later() -> None:
    wrong = [
        f"{module.path}:{token.start[0]}: {token.string.strip()}"
        for module in modules()
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline)
        if (token.type in (tokenize.COMMENT, tokenize.STRING) and BANNED_WORDS.search(token.string))
        or (token.type == tokenize.NAME and token.string == "NotImplementedError")
    ]
    assert not wrong, "\n".join(wrong)


def test_no_text_becomes_code() -> None:
    wrong = [
        where(module, node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _makes_code_of_text(node)
    ]
    wrong += [
        f"{module.path}: {name}"
        for module in modules()
        for name in sorted(_imported(module) & BANNED_MODULES)
    ]
    assert not wrong, "\n".join(wrong)


def _makes_code_of_text(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in BANNED_CALLS
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        owner = (function.value.id, function.attr)
        is_unsafe_load = owner == ("torch", "load") and not _says(call, "weights_only", True)
        if owner in BANNED_ATTRIBUTES or is_unsafe_load:
            return True
    return _says(call, "shell", True) or _says(call, "allow_pickle", True)


def _says(call: ast.Call, name: str, value: object) -> bool:
    return any(
        keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is value
        for keyword in call.keywords
    )


def _imported(module: Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def test_the_search_for_code_made_of_text_finds_it() -> None:
    for text in (
        "eval(answer)",
        "exec(answer)",
        "os.system(answer)",
        "subprocess.run(answer, shell=True)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "numpy.load(path, allow_pickle=True)",
    ):
        assert _makes_code_of_text(ast.parse(text, mode="eval").body), text  # type: ignore[arg-type]
    for text in ("model.eval()", "re.compile(a)", "torch.load(path, weights_only=True)"):
        assert not _makes_code_of_text(ast.parse(text, mode="eval").body), text  # type: ignore[arg-type]


def test_no_error_is_swallowed() -> None:
    wrong = [
        where(module, node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _swallows(node)
    ]
    assert not wrong, "\n".join(wrong)


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Catches everything by leaving out the type, or does nothing about what it caught."""
    if handler.type is None:
        return True
    first = handler.body[0]
    is_ellipsis = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return len(handler.body) == 1 and (isinstance(first, ast.Pass) or is_ellipsis)


def test_no_test_flag_hides_in_the_code() -> None:
    wrong = [
        str(module.path) for module in modules() if {"pytest", "unittest", "hypothesis"} & _imported(module)
    ]
    assert not wrong
