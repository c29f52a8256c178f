"""How large a table may be: what is larger is refused with a sentence, never cut short."""

from dataclasses import dataclass

# The last row and column that a spreadsheet can have.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True)
class Bounds:
    """Bytes as sent and as unzipped (the sheets and one row of them, which are streamed, and all else), marks of what
    is held whole, texts that cells share, rows that hold something, columns of the header, characters of one cell,
    faults that are listed (all are counted)."""

    bytes: int = 8 * 2**20
    sheet_bytes: int = 256 * 2**20
    row_bytes: int = 2**19
    part_bytes: int = 32 * 2**20
    marks: int = 100_000
    strings: int = 1_000_000
    parts: int = 1_000
    rows: int = 100_000
    columns: int = 100
    characters: int = 5_000
    faults: int = 200


BOUNDS = Bounds()
