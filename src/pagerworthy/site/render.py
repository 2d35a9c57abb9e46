"""Turns page contexts into HTML: Jinja with everything escaped and nothing undefined."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pagerworthy.project import data_folder
from pagerworthy.site import words
from pagerworthy.site.jinja import CompiledTemplates, Kept, QuickEnvironment
from pagerworthy.site.pages.page import Chrome

_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(rb"\s+")
_AROUND = re.compile(rb" ?([{};,>]) ?|(:) ")
_ASSETS = frozenset({".css", ".js", ".svg", ".png", ".ico", ".woff2", ".txt", ".webmanifest"})


@dataclass(frozen=True, slots=True)
class Theme:
    """Templates and assets by name, with a digest of them and of the code that fills them.

    `sandboxed` where a repository brings templates of its own.
    """

    templates: Mapping[str, str]
    assets: Mapping[str, bytes]
    sandboxed: bool
    digest: str


def read_theme(root: Path | None) -> Theme:
    """The shipped theme; a repository overrides single files of it in its own `site/templates` and `site/assets`.

    A repository's templates may come from a stranger's pull request, so they run in a sandbox.
    """
    templates, assets = _files(data_folder("site/templates")), _files(data_folder("site/assets"))
    own = _files(root / "site" / "templates") if root else {}
    changed = {name: content for name, content in own.items() if templates.get(name) != content}
    templates |= changed
    assets |= _files(root / "site" / "assets") if root else {}
    assets = {
        name: _squeezed(content) if name.endswith(".css") else content
        for name, content in assets.items()
        if Path(name).suffix in _ASSETS
    }
    digest = hashlib.sha256()
    # The code counts, too: a page that an older one made is not kept because the version has stayed the same.
    for name, content in (*sorted(_code().items()), *sorted((*templates.items(), *assets.items()))):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return Theme(
        templates={name: content.decode("utf-8", errors="replace") for name, content in templates.items()},
        assets=assets,
        sandboxed=bool(changed),
        digest=digest.hexdigest(),
    )


def _code() -> dict[str, bytes]:
    """The files of this package and of those whose conclusions pages know by a digest of their inputs, by path."""
    package = Path(__file__).parents[1]
    folders = (package / name for name in ("site", "scoring", "evidence", "history", "stacks"))
    files = (file for folder in folders for file in folder.rglob("*") if file.suffix in {".py", ".yaml"})
    return {file.relative_to(package).as_posix(): file.read_bytes() for file in files}


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by name; no links, no dot files, and no names that are not text."""
    if not folder.is_dir() or folder.is_symlink():
        return {}
    return {
        file.name: file.read_bytes()
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.is_symlink() and not file.name.startswith(".") and _is_text(file.name)
    }


def _is_text(name: str) -> bool:
    """Whether a name can be written in UTF-8, and thus in an address: bytes that are no text come as surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _squeezed(css: bytes) -> bytes:
    """The same styles without comments and indentation, which every reader would load."""
    text = _COMMENT.sub(b"", css)
    return _AROUND.sub(rb"\1\2", _SPACE.sub(b" ", text)).replace(b";}", b"}").strip()


class Renderer:
    """Renders contexts with the templates of a theme; with `cache`, our own are not compiled each time."""

    def __init__(self, theme: Theme, chrome: Chrome, *, cache: bool = False) -> None:
        kind = ImmutableSandboxedEnvironment if theme.sandboxed else QuickEnvironment
        self._environment = kind(
            loader=jinja2.DictLoader(theme.templates),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=CompiledTemplates() if cache and not theme.sandboxed else None,
        )
        self._environment.globals["kept"] = Kept()
        self._environment.filters["ticked"] = words.ticked
        self._chrome = chrome
        self._templates: dict[str, jinja2.Template] = {}

    def prepare(self, templates: Iterable[str]) -> None:
        """Compiles templates before the first page needs them."""
        for name in sorted(templates):
            self._template(name)

    def render(self, template: str, context: object) -> bytes:
        """The page as UTF-8; the context is `page` in the template, what surrounds it `site`."""
        root = getattr(context, "root", "")
        made = self._template(template).render(page=context, site=self._chrome, r=root)
        return made.encode("utf-8", errors="replace")

    def _template(self, name: str) -> jinja2.Template:
        found = self._templates.get(name)
        if found is None:
            found = self._templates[name] = self._environment.get_template(name)
        return found
