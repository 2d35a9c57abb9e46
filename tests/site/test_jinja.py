"""The templates in fewer steps: whatever Jinja itself would write, and nothing that was not escaped."""

from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from pagerworthy.site import SitePlan
from pagerworthy.site import render as rendering
from pagerworthy.site.jinja import Kept, QuickEnvironment, shown
from pagerworthy.site.render import Renderer


def pages(planned: SitePlan, renderer: Renderer) -> dict[str, bytes]:
    return {file.path: renderer.render(file.template, file.make()) for file in planned.files if file.template}


def test_every_page_is_what_jinja_itself_would_write(planned: SitePlan, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = pages(planned, Renderer(planned.theme, planned.chrome))
    monkeypatch.setattr(rendering, "QuickEnvironment", jinja2.Environment)
    # Nothing is kept either: each fragment is made anew.
    monkeypatch.setattr(rendering, "Kept", lambda: lambda macro, *arguments: macro(*arguments))
    assert quick == pages(planned, Renderer(planned.theme, planned.chrome))


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.builds(Markup, st.text())))
def test_a_value_is_escaped_as_jinja_does(value: object) -> None:
    assert shown(value) == escape(value)


def test_what_is_undefined_is_an_error() -> None:
    environment = QuickEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
    for source in ("{{ nothing }}", "{{ nothing.at_all }}", "{{ page.nothing }}", "{% for a in nothing %}{% endfor %}"):
        with pytest.raises((jinja2.UndefinedError, AttributeError)):
            environment.from_string(source).render(page=())


def test_a_fragment_is_made_once_for_the_same_arguments() -> None:
    made: list[tuple[object, ...]] = []

    def macro(*arguments: object) -> Markup:
        made.append(arguments)
        return Markup("<b>") + "".join(map(str, arguments))

    kept = Kept()
    assert kept(macro, "a", 1) == kept(macro, "a", 1) == "<b>a1"
    assert kept(macro, "a", 2) == "<b>a2"
    assert made == [("a", 1), ("a", 2)]


def test_compiled_templates_are_kept_and_spoilt_ones_are_not_used(
    planned: SitePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = pages(planned, Renderer(planned.theme, planned.chrome, cache=True))
    kept = sorted((tmp_path / "pagerworthy" / "templates").iterdir())
    assert kept
    # What is kept is used: a template is not compiled a second time.
    with monkeypatch.context() as patched:
        patched.setattr(QuickEnvironment, "_generate", lambda *_: pytest.fail("compiled again"))
        assert pages(planned, Renderer(planned.theme, planned.chrome, cache=True)) == first
    for file in kept:
        content = file.read_bytes()
        file.write_bytes(content[:-8])
    assert pages(planned, Renderer(planned.theme, planned.chrome, cache=True)) == first
