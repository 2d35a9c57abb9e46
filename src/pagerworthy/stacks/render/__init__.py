"""Rendering: what each stack should be, as data."""

from pagerworthy.stacks.render.mocked import placeholders, render
from pagerworthy.stacks.render.rendered import Rendered, RenderedResource

__all__ = ["Rendered", "RenderedResource", "placeholders", "render"]
