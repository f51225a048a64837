"""The process that renders one document and may be killed: its JSON comes in, bytes go out. Knows no database.

Run as `python -m reports.documents.child KIND FONTS_DIR SITE_FONTS_DIR`; it limits itself before it reads. On the
error stream it tells how many pages are laid out, and which characters no font holds.
"""

import json
import logging
import sys

from units.limits import bound

MEMORY = 3 * 1024**3
CPU_SECONDS = 280
REFUSED = 3  # how it ends when a character is in no font


class Pages(logging.Handler):
    """Tells each page that WeasyPrint has laid out."""

    def emit(self, record):
        """Write the number of a page on a line of its own."""
        if record.args and "Page" in record.msg:
            sys.stderr.write(f"page {record.args[0]}\n")
            sys.stderr.flush()


def limit() -> None:
    """Bound itself before anything else."""
    bound(memory=MEMORY, seconds=CPU_SECONDS)


def main(kind: str, fonts_folder: str, site_folder: str) -> int:
    """Read a document from standard input and write the file to standard output."""
    limit()
    from django.conf import settings  # after the limits

    settings.configure(FONTS_DIR=fonts_folder, SITE_FONTS_DIR=site_folder, USE_I18N=False)
    from reports.documents import DOCUMENTS
    from reports.documents.content import from_json
    from reports.documents.fonts import MissingGlyph

    progress = logging.getLogger("weasyprint.progress")
    progress.addHandler(Pages())
    progress.setLevel(logging.INFO)
    document = from_json(sys.stdin.buffer.read().decode())
    render, _type = DOCUMENTS[kind]
    try:
        content = render(document)
    except MissingGlyph as refusal:
        sys.stderr.write(f"refused {json.dumps(refusal.characters)}\n")
        return REFUSED
    sys.stdout.buffer.write(content)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
