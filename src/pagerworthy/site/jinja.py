"""Jinja for templates that we ship: the same pages in about half of the time.

Most of a page's time goes into asking, of every value, how it is to be escaped and where its attributes are. Here a
value that is plain text is escaped at once, and an attribute is Python's own. A test renders every page both ways.
"""

import marshal
import sys
from collections.abc import Callable, Hashable

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from pagerworthy.catalog.kept import keep, read_kept

try:
    from markupsafe import _escape_inner as _escaped  # type: ignore[attr-defined]  # what `escape` itself calls
except ImportError:  # pragma: no cover -- a MarkupSafe that keeps it elsewhere: slower, and no different

    def _escaped(text: str, /) -> str:
        return str.__str__(escape(text))


def shown(value: object) -> str:
    """What a template writes for a value: what is Markup as it is, everything else escaped."""
    kind = type(value)
    if kind is str:
        return _escaped(value)  # type: ignore[arg-type]  # its type was just looked at
    if kind is Markup:
        return value  # type: ignore[return-value]  # as above
    if kind is int:
        return str(value)
    return escape(value)


class _Generator(CodeGenerator):
    """Writes what Jinja would, in fewer steps.

    `shown(value)` for `escape(value)`, `value.name` for a look-up that also tries items, a plain call for one that may
    pass the context on, and of a loop all it gave at once.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 -- named by Jinja
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 -- named by Jinja
        if forward_caller or node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 -- named by Jinja
        if frame.buffer is not None or node.recursive:
            super().visit_For(node, frame)
            return
        self.buffer(frame)
        super().visit_For(node, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None


class QuickEnvironment(jinja2.Environment):
    """For templates that nobody but us has written: contexts are typed, so that every attribute is really there."""

    code_generator_class = _Generator
    shown = staticmethod(shown)


class CompiledTemplates(BytecodeCache):
    """Keeps templates as Python's own code in the user's cache folder: compiling all of them takes 0.2 s."""

    def load_bytecode(self, bucket: Bucket) -> None:
        found = read_kept(_FOLDER, _key(bucket))
        if found is not None:
            bucket.code = marshal.loads(found)  # noqa: S302 -- kept whole, by this very program

    def dump_bytecode(self, bucket: Bucket) -> None:
        keep(_FOLDER, _key(bucket), marshal.dumps(bucket.code))


_FOLDER = "templates"


def _key(bucket: Bucket) -> bytes:
    """A template's name and text, and what it was compiled by and for."""
    return "\0".join((bucket.key, bucket.checksum, jinja2.__version__, sys.version)).encode()


class Kept:
    """`kept(macro, ...)` in a template: what a macro gave for the same arguments before.

    For macros of `parts.html` only: one that a template defines for itself is another one on every page.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, object] = {}

    def __call__(self, macro: Callable[..., object], *arguments: Hashable) -> object:
        key = (macro, arguments)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = macro(*arguments)
        return found
