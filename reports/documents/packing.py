"""Office files that say nothing of the moment they were made: the same document gives the same bytes on any day."""

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PROPERTIES = "docProps/core.xml"
MOMENTS = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", re.DOTALL)
FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest day a zip can name


def timeless(package: bytes) -> bytes:
    """Pack an office file again without the days of its making."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(package)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == PROPERTIES:
                content = MOMENTS.sub(b"", content)
            member = ZipInfo(name, FIRST)
            member.external_attr = 0o600 << 16
            after.writestr(member, content, ZIP_DEFLATED)
    return file.getvalue()
