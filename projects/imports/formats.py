"""Which reader an extension asks for, and what a file is whose content says otherwise. Imports no Django."""

from projects.imports import sheets
from projects.imports.sheets import RESAVE, Refusal

EXTENSIONS = ("xlsx", "xls", "csv")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = {  # what a file of another kind is called
    "text/html": "网页（HTML）",
    "text/xml": "XML 表格",
    "application/pdf": "PDF",
    "application/zip": "压缩包",
    "application/x-rar": "压缩包",
    "application/x-7z-compressed": "压缩包",
    "application/gzip": "压缩包",
    "text/rtf": "RTF 文件",
}


def read_as(extension: str, data: bytes, name: str) -> list[str]:
    """Read a file as what its extension says, after looking whether it is that."""
    if not data.strip(b"\0 \r\n\t"):
        raise Refusal("文件是空的，请检查后再上传")
    if len(data) > sheets.FILE_BYTES:
        raise Refusal(f"文件超过 {sheets.FILE_BYTES // sheets.MB} MB，请只保留需要的内容或分成几个文件上传")
    found = "xlsx" if data.startswith(_ZIP) else "xls" if data.startswith(_OLE) else ""
    if extension == "csv":
        if found or (what := _kind(data)):
            raise _other(extension, f".{found} 工作簿或压缩包" if found else what)
        from projects.imports.csv_text import read_csv

        return read_csv(data, name)
    if extension == "xlsx":
        if found == "xls":
            from projects.imports.xls import ole_streams

            if "encryptedpackage" in ole_streams(data):
                raise Refusal("文件设有密码，请去掉密码后再上传")
        if found != "xlsx":
            raise _other(extension, "旧版 .xls 工作簿或 Office 文件" if found else _kind(data) or "文字或别的内容")
        from projects.imports.xlsx import read_xlsx

        return read_xlsx(data)
    if found != "xls":
        raise _other(extension, ".xlsx 工作簿或压缩包" if found else _kind(data) or "文字或别的内容")
    from projects.imports.xls import read_xls

    return read_xls(data)


def _other(extension, what):
    return Refusal(f"文件名的扩展名是 .{extension}，内容却是{what}，{RESAVE}")


def _kind(data):
    """Name what a file is by its content; empty for plain text and for what has no name."""
    import magic  # slow to load, and needed only here

    start = data[:4096]
    kind = magic.from_buffer(start, mime=True)
    if kind in _KINDS:
        return _KINDS[kind]
    if b"<html" in start.lower() or b"<table" in start.lower():
        return _KINDS["text/html"]
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        return _KINDS["text/xml"]
    if kind.startswith(("image/", "video/", "audio/")):
        return "图片、音频或视频"
    return ""
