"""A whole shop from a folder of tables: shelves, teams with their leaders, products with sizes, prices and lots.

    report = import_shop(files_in(Path("our-shop")), dry_run=True)
    for each in report.faults: print(each)      # teams.csv: Row 7, column C “County”: …

All of it or nothing: a folder with one fault in it changes nothing, and all of its faults are named at once.
"""

from catalog.imports.folder import files_in
from catalog.imports.sheets import SHEETS
from catalog.imports.shop import FileFault, Report, import_shop

__all__ = ["SHEETS", "FileFault", "Report", "files_in", "import_shop"]
