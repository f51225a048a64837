"""The process that reads one uploaded workbook and may be killed: bytes come in, JSON goes out. Imports no Django.

Run as `python -m projects.imports.child EXTENSION NAME`; it limits itself before it looks at a byte.
"""

import contextlib
import json
import os
import sys

from units.limits import bound

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 25


def limit() -> None:
    """Bound itself before anything else."""
    bound(memory=MEMORY, seconds=CPU_SECONDS, writes=False)


def main(extension: str, name: str) -> None:
    """Read a file from standard input and write its sheets, or why it is refused, to standard output."""
    limit()
    from projects.imports.sheets import FILE_BYTES, RESAVE, Refusal  # after the limits

    data = sys.stdin.buffer.read(FILE_BYTES + 1)
    try:
        from projects.imports.formats import read_as

        answer = '{"sheets": [' + ",".join(read_as(extension, data, name)) + "]}"
    except Refusal as refusal:
        answer = json.dumps({"refused": str(refusal)})
    except MemoryError:
        answer = json.dumps({"refused": "文件过于复杂，读取所用的内存超过限度，" + RESAVE})
    os.set_blocking(1, True)
    out = memoryview(answer.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(BrokenPipeError):
        while out:
            out = out[os.write(1, out) :]


if __name__ == "__main__":
    main(*sys.argv[1:3])
