"""The files of a folder that an import is of."""

from pathlib import Path

from catalog.imports.sheets import SHEETS
from core.language import say
from core.refusals import Invalid

ENDINGS = (".csv", ".xlsx")


def files_in(folder: Path) -> dict[str, Path]:
    """Each table's file, by the table's name. Raises Invalid for a folder without any, for two files of one table, and
    for a table that is none of ours: a misspelt name would be passed over in silence."""
    if not folder.is_dir():
        raise Invalid(say("没有“{folder}”这个文件夹。", "There is no folder {folder}.", folder=folder))
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in ENDINGS or path.name.startswith(("~$", ".")):
            continue
        name = path.stem.lower()
        if name not in SHEETS:
            raise Invalid(
                say(
                    "不认识“{file}”；可以有：{names}。",
                    "{file} is no table of an import; there may be: {names}.",
                    file=path.name,
                    names=", ".join(SHEETS),
                )
            )
        if name in found:
            raise Invalid(
                say(
                    "“{one}”和“{other}”是同一张表，请只留一个。",
                    "{one} and {other} are the same table: keep one.",
                    one=found[name].name,
                    other=path.name,
                )
            )
        found[name] = path
    if not found:
        raise Invalid(
            say(
                "这个文件夹里没有要导入的表：{names}。",
                "There is no table to import in this folder: {names}.",
                names=", ".join(SHEETS),
            )
        )
    return found
