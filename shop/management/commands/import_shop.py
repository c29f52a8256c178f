"""manage.py import_shop FOLDER [--dry-run]: shelves, teams, leaders, products, prices and lots from tables."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import SHEETS, Report, files_in, import_shop
from core import language
from core.refusals import Refusal
from shop.demo.tables import write_example
from shop.progress import Bar


class Command(BaseCommand):
    """Take a folder of tables in, all of it or nothing; every fault is named by file, row and column."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and what to do with it."""
        parser.add_argument("folder", type=Path, help=f"with {', '.join(SHEETS)} as .csv or .xlsx")
        parser.add_argument("--dry-run", action="store_true", help="find what is wrong, and write nothing")
        parser.add_argument(
            "--example", action="store_true", help="write the demo's tables into the folder, to begin from"
        )
        parser.add_argument("--language", choices=language.LANGUAGES, default="zh")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        folder: Path = options["folder"]
        with language.use(options["language"]):
            if options["example"]:
                self._example(folder)
            else:
                self._import(folder, dry_run=options["dry_run"])

    def _example(self, folder: Path) -> None:
        try:
            written = write_example(folder)
        except FileExistsError:
            raise CommandError(
                f"{folder} holds something already; an example is never written over it"
            ) from None
        self.stdout.write("\n".join(f"{rows:6} {path}" for path, rows in written.items()))

    def _import(self, folder: Path, *, dry_run: bool) -> None:
        try:
            files = files_in(folder)
            # How many rows there are is known when they have been read: lines are near enough for a bar.
            goal = sum(path.read_bytes().count(b"\n") for path in files.values())
            bar = Bar("导入 / import", max(goal, 1))
            report = import_shop(files, dry_run=dry_run, step=bar)
        except Refusal as no:
            raise CommandError(str(no)) from None
        self._tell(report, dry_run=dry_run)

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        if report.faults_total:
            for fault in report.faults:
                self.stderr.write(str(fault))
            if (more := report.faults_total - len(report.faults)) > 0:
                self.stderr.write(f"… +{more}")
            words = language.say(
                "{n} 处有误，什么都没有导入。", "{n} faults: nothing was imported.", n=report.faults_total
            )
            raise CommandError(str(words))
        self.stdout.write("\n".join(f"{rows:6} {name}" for name, rows in report.rows.items()))
        self.stdout.write(
            str(
                language.say(
                    "没有错误；这是试导入，什么都没有写入。", "No fault; a dry run, nothing was written."
                )
                if dry_run
                else language.say(
                    "已导入。商品是草稿、带头人未核实：请在工作台提交和核实。",
                    "Imported. Products are drafts and leaders unverified: see to both by the shop's pages.",
                )
            )
        )
