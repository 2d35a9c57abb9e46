"""Rendering: what each stack should be, as data."""

from pagerworthy.stacks.render.mocked import placeholders, render
from pagerworthy.stacks.render.rendered import Rendered, RenderedResource
from pagerworthy.stacks.render.write import Written, write_rendered

__all__ = ["Rendered", "RenderedResource", "Written", "placeholders", "render", "write_rendered"]
