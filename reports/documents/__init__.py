"""From one frozen value to files: no query, no arithmetic on figures."""

from reports.documents.glyphs import check_characters
from reports.documents.html import to_html as _to_html
from reports.documents.packing import timeless


def to_html(document) -> bytes:
    """Render a document as an HTML file."""
    check_characters(document)
    return _to_html(document).encode("utf-8")


def to_pdf(document) -> bytes:
    """Render a document as a PDF file."""
    from reports.documents.pdf import to_pdf as render  # weasyprint takes a second to import

    return render(document)


def to_docx(document) -> bytes:
    """Render a document as a Word file."""
    from reports.documents.docx import to_docx as render  # python-docx reads its template at import

    check_characters(document)
    return timeless(render(document))


def to_xlsx(document) -> bytes:
    """Render the tables of a document as a workbook."""
    from reports.documents.xlsx import to_xlsx as render

    check_characters(document)
    return timeless(render(document))


OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = {  # kind → what renders it, its type
    "html": (to_html, "text/html; charset=utf-8"),
    "pdf": (to_pdf, "application/pdf"),
    "docx": (to_docx, f"{OFFICE}.wordprocessingml.document"),
    "xlsx": (to_xlsx, f"{OFFICE}.spreadsheetml.sheet"),
}
