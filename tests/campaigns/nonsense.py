"""What people and programs type into fields that ask for something else."""

NONSENSE = [
    "abc",
    "１２３",
    "9" * 40,
    "-5",
    "2026-13-45",
    "🎉",
    "x" * 5000,
    "<script>alert(1)</script>",
    "\x00",
    "",
]
