"""Every kind of bulletin, composed from a drive with figures, measured like the documents made by hand."""

import pytest

from campaigns.models import Campaign
from reports import composing, drafting, kinds
from reports.documents.pdf import to_pdf
from reports.models import ReportKind
from tests.reports import test_document_layout as layout
from tests.reports.factories import END, make_editor, make_told_drive
from tests.reports.pdf_runs import read

MEASURED = (
    layout.test_every_page_is_a4_and_keeps_its_text_inside_the_type_area,
    layout.test_pages_are_numbered_outside_and_a_letters_first_page_is_not,
    layout.test_annexes_lie_on_their_side_with_their_heads_on_every_page,
    layout.test_the_foot_of_the_document_closes_the_type_area_of_its_last_page,
    layout.test_headings_are_bookmarks_and_the_file_says_what_it_is,
    layout.test_what_the_figures_are_stands_under_the_title,
    layout.test_the_numbers_of_a_chart_are_text,
)


@pytest.mark.parametrize("code", kinds.shipped())
def test_every_kind_keeps_the_layout(db, code):
    drive = make_told_drive()
    report = drafting.create_report(
        campaign=Campaign.objects.get(pk=drive.campaign.pk), kind=ReportKind.objects.get(code=code), as_of=END,
        by=make_editor(drive), cc="区委办公室，区政府办公室",
    )  # fmt: skip
    document = composing.compose_report(report, draft=False).document

    pdf = read(to_pdf(document))

    for measure in MEASURED:
        wanted = measure.__code__.co_varnames[: measure.__code__.co_argcount]
        measure(**{name: {"document": document, "pdf": pdf}[name] for name in wanted})
    layout.test_every_font_is_embedded_and_of_the_chain(pdf)
