"""Papers that prove records, as pages show them: a gallery of one record, and all of a project by stage."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Evidence, Milestone, Project, Review, Visit
from projects.models.evidence import RECORDS, clerk_unit_of
from projects.previews import FORMATS
from projects.stages import KINDS, Kind, Stage
from units.models import Role, User

KINDS_OF_FILE = {  # extension → what it is called
    "pdf": "PDF", "jpg": _("图片"), "jpeg": _("图片"), "png": _("图片"), "xlsx": _("表格"), "docx": _("文档"),
    "ofd": "OFD",
}  # fmt: skip
NAMED = 5  # other records of the same file that are named
REVIEWS = "reviews"
OTHERS = "others"
PLACES = {  # where papers of kinds stand that lead to no stage
    Kind.FILING: Stage.SIGNED,
    Kind.REGISTRATION: Stage.SIGNED,
    Kind.FIXED_INVESTMENT: Stage.BUILDING,
    Kind.COMPLETION: Stage.BUILDING,
    Kind.ABOVE_SCALE: Stage.PRODUCING,
    Kind.VALUE_ADDED: Stage.PRODUCING,
    Kind.TAX: Stage.PRODUCING,
}


@dataclass(frozen=True)
class Paper:
    """One file, printed; links lead to other records of the same file that the reader may see."""

    pk: int
    name: str
    word: str
    size: str
    by: str
    at: datetime
    url: str
    thumb: str
    picture: str
    withdraw_url: str
    same: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Gone:
    """One file that was taken back."""

    name: str
    url: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Gallery:
    """The papers of one record and those that were taken back."""

    papers: tuple[Paper, ...] = ()
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True)
class Sheaf:
    """One record of a project with its papers; missing names the paper it still wants."""

    key: str
    title: str
    url: str
    on: date
    state: str
    gallery: Gallery
    missing: str
    add_url: str


@dataclass(frozen=True)
class Shelf:
    """The records of one stage with their papers."""

    name: str
    count: int
    sheaves: tuple[Sheaf, ...]


def gallery_of(record, user: User) -> Gallery:
    """Return the papers of one record: one query, one more where a file stands on other records as well."""
    changeable = {key_of(record)} if may_withdraw(record, user) else ()
    return galleries(Evidence.objects.of(record), user, changeable).get(key_of(record), Gallery())


def may_add(record, user: User) -> bool:
    """Say whether the user may add papers to a record."""
    return not getattr(record, "is_withdrawn", False) and user.holds(Role.CLERK, clerk_unit_of(record))


def may_withdraw(record, user: User) -> bool:
    """Say whether the user may take papers of a record back."""
    return not getattr(record, "is_recognised", False) and may_add(record, user)


def key_of(record) -> tuple[str, int]:
    """Return what a record is told by."""
    return record._meta.model_name, record.pk


def owner_of(row: Evidence) -> tuple[str, int]:
    """Return the record of a file without loading it."""
    return next((name, pk) for name in RECORDS if (pk := getattr(row, f"{name}_id")) is not None)


def galleries(rows, user: User, changeable=()) -> dict[tuple[str, int], Gallery]:
    """Return {record: gallery} of some files: one query, one more where a file stands on other records as well.

    changeable are the records whose papers the user may take back.
    """
    rows = list(rows.for_list())
    elsewhere = same_files([row for row in rows if row.others and not row.is_withdrawn], user)
    papers, gone = defaultdict(list), defaultdict(list)
    for row in rows:
        if row.is_withdrawn:
            gone[owner_of(row)].append(
                Gone(row.name, row.get_absolute_url(), str(row.withdrawn_by), row.withdrawn_at, row.withdraw_reason)
            )
        else:
            may_change = owner_of(row) in changeable
            papers[owner_of(row)].append(paper_of(row, elsewhere.get(row.sha256, ()), may_change))
    return {key: Gallery(tuple(papers[key]), tuple(gone[key])) for key in {**papers, **gone}}


def same_files(rows, user):
    """Return {fingerprint: [(file's key, record's name, address)]} of the same files that the user may see."""
    found = defaultdict(list)
    if rows:
        wanted = Evidence.objects.standing().visible_to(user).filter(sha256__in={row.sha256 for row in rows})
        related = (
            "milestone__project", "visit__company", "tally__unit", "tally__indicator", "review__project",
            "trip__unit", "problem", "complaint", "meeting", "shortcoming",
        )  # fmt: skip
        for row in wanted.select_related(*related).order_by("pk"):
            found[row.sha256].append((row.pk, str(row.record), address_of(row.record)))
    return found


def address_of(record) -> str:
    """Return the page that shows a record's papers."""
    if isinstance(record, Review):
        return f"{reverse('projects:project_papers', args=[record.project_id])}#review-{record.pk}"
    return record.get_absolute_url()


def paper_of(row: Evidence, elsewhere, may_change) -> Paper:
    """Print one file."""
    has_picture = row.content_type in FORMATS
    others = [(name, url) for pk, name, url in elsewhere if pk != row.pk]
    same = ""
    if row.others:
        same = _("同一文件还用于 %(n)s 处，请核对") % {"n": row.others}
        if hidden := row.others - len(others):
            same = _("%(same)s（其中 %(n)s 处您无权查看）") % {"same": same, "n": hidden}
    return Paper(
        pk=row.pk,
        name=row.name,
        word=str(KINDS_OF_FILE.get(row.name.rpartition(".")[2].lower(), _("文件"))),
        size=row.size_text,
        by=str(row.uploaded_by),
        at=row.uploaded_at,
        url=row.get_absolute_url(),
        thumb=reverse("projects:evidence_preview", args=[row.pk, "small"]) if has_picture else "",
        picture=reverse("projects:evidence_preview", args=[row.pk, "large"]) if has_picture else "",
        withdraw_url=reverse("projects:evidence_withdraw", args=[row.pk]) if may_change else "",
        same=str(same),
        links=tuple(others[:NAMED]),
    )


# --- all papers of a project


def shelves_of(project: Project, user: User) -> list[Shelf]:
    """Return the records of a project with their papers by stage: five queries at most, however many there are."""
    visits = Visit.objects.visible_to(user).filter(project=project).select_related("company", "unit")
    records = [
        *project.milestones.order_by("on", "due_on", "pk"),
        *visits.order_by("on", "pk"),
        *project.reviews.order_by("on", "pk"),
    ]
    changeable = {key_of(record) for record in records if may_withdraw(record, user)}
    keys = {name: [pk for kind, pk in map(key_of, records) if kind == name] for name in RECORDS}
    files = Q(milestone__in=keys["milestone"]) | Q(visit__in=keys["visit"]) | Q(review__in=keys["review"])
    found = galleries(Evidence.objects.filter(files), user, changeable)
    by_place = defaultdict(list)
    for record in records:
        if sheaf := sheaf_of(record, found.get(key_of(record), Gallery()), may_add(record, user)):
            by_place[place_of(record)].append(sheaf)
    return [
        Shelf(str(name), sum(len(sheaf.gallery.papers) for sheaf in by_place[place]), tuple(by_place[place]))
        for place, name in places()
        if by_place[place]
    ]


def places():
    """Return (place, name) in the order of a project's life; reviews come before signing."""
    for stage in Stage:
        if stage == Stage.SIGNED:
            yield REVIEWS, _("评审")
        yield stage, stage.label
    yield OTHERS, _("其他")


def place_of(record):
    """Return the stage a record's papers stand under."""
    if isinstance(record, Milestone):
        return KINDS[record.kind].stage or PLACES.get(record.kind, OTHERS)
    return Stage.VISIT if isinstance(record, Visit) else REVIEWS


def sheaf_of(record, gallery: Gallery, may_change: bool) -> Sheaf | None:
    """Print one record; None for one without papers that wants none. A review has no page of its own, so it stays."""
    gone = getattr(record, "is_withdrawn", False)
    missing = "" if gone or gallery.papers else wanted_by(record)
    if not (gallery.papers or gallery.gone or missing or isinstance(record, Review)):
        return None
    kind, pk = key_of(record)
    return Sheaf(
        key=f"{kind}-{pk}",
        title=title_of(record),
        url="" if isinstance(record, Review) else record.get_absolute_url(),
        on=record.on or record.due_on,
        state=str(_("已撤回")) if gone else "",
        gallery=gallery,
        missing=missing,
        add_url=reverse("projects:evidence_add", args=[kind, pk]) if may_change else "",
    )


def title_of(record):
    """Name a record within its project."""
    if isinstance(record, Milestone):
        return record.get_kind_display()
    if isinstance(record, Visit):
        return f"{record.get_direction_display()} · {record.company}"
    return f"{record.get_gate_display()} · {record.get_result_display()}"


def wanted_by(record) -> str:
    """Name the paper that a record wants; "" where none is asked for."""
    return str(record.rule.evidence) if isinstance(record, Milestone) and record.on is not None else ""
