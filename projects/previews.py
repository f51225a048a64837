"""Small pictures of uploaded photographs, drawn anew from their pixels. Knows no record and no request."""

import io
import struct

from PIL import Image, ImageOps

SIZES = {"small": 320, "large": 1600}  # longest side in pixels
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}  # what has a preview
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 25_000_000}  # a PNG is unpacked whole, a JPEG at a fraction of its size
UNREADABLE = (  # what the decoder raises on a damaged or hostile picture
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError, MemoryError,
    struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


def preview(file, content_type: str, size: str) -> bytes | None:
    """Return a picture as a small JPEG without its metadata (place, device); None where it cannot be drawn.

    The head is read first: what claims more pixels than MOST_PIXELS is never unpacked.
    """
    if content_type not in FORMATS:
        return None
    wanted, side = FORMATS[content_type], SIZES[size]
    try:
        with Image.open(file, formats=[wanted]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS[wanted]:
                return None
            picture.draft("RGB", (side, side))
            picture.thumbnail((side, side))
            return as_jpeg(ImageOps.exif_transpose(picture))
    except UNREADABLE:
        return None


def as_jpeg(picture: Image.Image) -> bytes:
    """Write a picture as JPEG, what is transparent on white."""
    if picture.mode != "RGB":
        whole = picture.convert("RGBA")
        picture = Image.new("RGB", whole.size, "white")
        picture.paste(whole, mask=whole.getchannel("A"))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()
