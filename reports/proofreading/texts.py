"""The text of a file to be proofread."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST = 200_000  # characters of one text: a book of reports, and still read at once


class TextError(ValidationError):
    """A file that holds no text that can be proofread; the message says what to do."""


def text_of(data: bytes) -> str:
    """Return what UTF-8 or GB18030 bytes say; its lines end as in the file, so that places are the file's."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise TextError(_("文件既不是 UTF-8 也不是 GB18030 编码的文本，请另存为文本文件再校对")) from None
    if "\0" in text:
        raise TextError(_("这不是文本文件；Word、PDF 文件请先复制出文字"))
    if len(text) > MOST:
        raise TextError(_("文稿超过 20 万字，请分段校对"))
    return text
