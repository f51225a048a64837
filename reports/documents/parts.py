"""What stands in the fixed places of a document – head, foot, signature – in the same words in every rendering."""

from reports.documents.content import Document


def head_line(document: Document) -> tuple[str, str]:
    """Return what stands left and right on the line of a newsletter's head: who made it, and when."""
    return (document.issuer, document.date_text) if document.head_kind == "newsletter" else ("", "")


def signature(document: Document) -> tuple[str, ...]:
    """Return the lines at the end of the text: the issuing body and the day; a newsletter has them in its head."""
    if document.head_kind == "newsletter":
        return ()
    return tuple(line for line in (document.issuer, document.date_text) if line)


def foot_rows(document: Document) -> tuple[tuple[str, str], ...]:
    """Return the rows of 版记, or of a newsletter's 报尾, each with what stands left and right."""
    if document.head_kind == "newsletter":
        rows = [(line, "") for line in document.cc.splitlines() if line]
        return (*rows, ("", f"（共印{document.copies}份）")) if document.copies else tuple(rows)
    rows = [(f"抄送：{document.cc}", "")] if document.cc else []
    if document.printed_by:
        body, _tab, day = document.printed_by.partition("\t")
        rows.append((body, day))
    return tuple(rows)
