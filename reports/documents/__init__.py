"""From one frozen value to files: no query, no arithmetic on figures."""

from reports.documents.html import to_html as _to_html


def to_html(document) -> bytes:
    """Render a document as an HTML file."""
    return _to_html(document).encode("utf-8")


def to_pdf(document) -> bytes:
    """Render a document as a PDF file."""
    from reports.documents.pdf import to_pdf as render  # weasyprint takes a second to import

    return render(document)


DOCUMENTS = {
    "html": (to_html, "text/html; charset=utf-8"),
    "pdf": (to_pdf, "application/pdf"),
}
