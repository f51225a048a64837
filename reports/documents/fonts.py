"""Which font prints what: the site's licensed fonts, then the open Fandol fonts, then Noto CJK."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unicodedata import category

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
LATIN_RANGE = range(0x20, 0x7F)
SUFFIXES = (".otf", ".ttf", ".ttc")
INVISIBLE = frozenset("\n\r\t\u200b")  # steers the layout, prints nothing


@dataclass(frozen=True)
class Role:
    """What a chain of fonts is for, and where its members are looked for."""

    name: str
    weight: str  # the CSS weight its text is set in; a licensed font is declared with it and never emboldened
    site: tuple[str, ...]  # beginnings of file names in the site's folder, folded to lower case
    fandol: str
    noto_file: str
    noto_family: str


ROLES = {
    role.name: role
    for role in (
        Role(
            "title", "bold", ("方正小标宋", "小标宋", "fzxbs"), "FandolSong-Bold.otf",
            "NotoSerifCJK-Bold", "Noto Serif CJK SC",
        ),
        Role(
            "body", "normal", ("仿宋_gb2312", "仿宋", "fangsong", "simfang"), "FandolFang-Regular.otf",
            "NotoSerifCJK-Regular", "Noto Serif CJK SC",
        ),
        Role(
            "hei", "bold", ("黑体", "simhei"), "FandolHei-Bold.otf",
            "NotoSansCJK-Bold", "Noto Sans CJK SC",
        ),
        Role(
            "kai", "normal", ("楷体_gb2312", "楷体", "simkai"), "FandolKai-Regular.otf",
            "NotoSerifCJK-Regular", "Noto Serif CJK SC",
        ),
    )
}  # fmt: skip


class MissingGlyph(ValueError):
    """Characters that no font of their chain holds, so that a document would show boxes."""

    def __init__(self, characters):
        self.characters = tuple(sorted(characters))
        named = "、".join(
            f"{character if character.isprintable() else ''}（U+{ord(character):04X}）"
            for character in self.characters
        )
        super().__init__(_("字体中没有这些字，不能生成文件：%(characters)s") % {"characters": named})


@dataclass(frozen=True)
class Fonts:
    """The font files found: per role its own faces, best first, and the Noto file behind them."""

    faces: tuple[tuple[str, tuple[Path, ...]], ...]
    noto: tuple[tuple[str, Path | None], ...]
    latin: Path | None
    latin_bold: Path | None

    def chain(self, role: str) -> tuple[Path, ...]:
        """Return the files of a role in the order in which they are asked for a character."""
        noto = dict(self.noto)[role]
        return dict(self.faces)[role] + ((noto,) if noto else ())

    def files(self) -> frozenset[Path]:
        """Return the files a style sheet names, the only ones a renderer may open."""
        named = [path for _role, paths in self.faces for path in paths]
        return frozenset(path for path in (*named, self.latin, self.latin_bold) if path)

    def style(self) -> str:
        """Write the @font-face rules; system fonts are called by their family name instead."""
        rules = [
            _face(f"zs-{role}-{index}", path, ROLES[role].weight)
            for role, paths in self.faces
            for index, path in enumerate(paths)
        ]
        reach = f"U+{LATIN_RANGE.start:X}-{LATIN_RANGE.stop - 1:X}"
        for path, weight in ((self.latin, "normal"), (self.latin_bold, "bold")):
            if path:
                rules.append(_face("zs-latin", path, weight, reach))
        if self.latin:
            rules.append(_face("zs-folio", self.latin, "normal"))
        return "\n".join(rules)

    def family(self, role: str) -> str:
        """Write the font-family value of a role: digits and Latin, own faces, Noto."""
        own = [f"zs-{role}-{index}" for index, _path in enumerate(dict(self.faces)[role])]
        return ", ".join(["zs-latin", *own, f'"{ROLES[role].noto_family}"'])

    def missing(self, role: str, text: str) -> frozenset[str]:
        """Return the characters of a text which no font of the role's chain holds."""
        wanted = set(text) - INVISIBLE
        controls = {character for character in wanted if category(character) in ("Cc", "Cs")}
        wanted -= controls  # some fonts map them, no page should
        for path in self.chain(role):
            wanted = {character for character in wanted if ord(character) not in codepoints(path)}
            if not wanted:
                break
        return frozenset(wanted | controls)


def _face(family: str, path: Path, weight: str, reach: str = "") -> str:
    limit = f"unicode-range: {reach}; " if reach else ""
    return f'@font-face {{ font-family: {family}; src: url("{path.as_uri()}"); font-weight: {weight}; {limit}}}'


@lru_cache(maxsize=32)
def codepoints(path: Path) -> frozenset[int]:
    """Read which characters a font file holds; a collection shares one repertoire."""
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _site_face(folder: Path | None, role: Role) -> Path | None:
    """Find the site's own font for a role; the earlier beginning of a name wins."""
    if folder is None or not folder.is_dir():
        return None
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    for beginning in role.site:
        for path in files:
            if path.name.casefold().startswith(beginning):
                return path
    return None


def _system_file(name: str) -> Path | None:
    """Find an installed font by the name of its file."""
    for folder in SYSTEM_FOLDERS:
        for suffix in SUFFIXES:
            if found := sorted(folder.rglob(f"{name}{suffix}")):
                return found[0]
    return None


@lru_cache(maxsize=4)
def _find(site_folder: Path | None, fandol_folder: Path) -> Fonts:
    faces, noto = [], []
    for role in ROLES.values():
        site = _site_face(site_folder, role)
        fandol = fandol_folder / role.fandol
        faces.append((role.name, tuple(path for path in (site, fandol) if path and path.is_file())))
        noto.append((role.name, _system_file(role.noto_file)))
    if not all(path for _role, path in noto) and not all(paths for _role, paths in faces):
        raise ImproperlyConfigured(
            _(
                "没有可用于公文的中文字体：请安装 Debian 软件包 fonts-noto-cjk 和 fonts-liberation，"
                "或运行 scripts/fetch_fonts.sh 取得 texlive-lang-chinese 中的 Fandol 字体。"
            )
        )
    return Fonts(
        faces=tuple(faces),
        noto=tuple(noto),
        latin=_system_file("LiberationSerif-Regular"),
        latin_bold=_system_file("LiberationSerif-Bold"),
    )


def find() -> Fonts:
    """Find the fonts of this installation; raises ImproperlyConfigured when there are none."""
    site = settings.SITE_FONTS_DIR
    return _find(Path(site).resolve() if site else None, Path(settings.FONTS_DIR).resolve())
