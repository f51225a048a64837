"""Compare the uploaded files with the rows that name them."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from projects import actions
from projects.models import Evidence
from units.models import User

FOLDER = "evidence"
YOUNG = timedelta(days=1)  # a file whose upload may still be on its way


class Command(BaseCommand):
    """Report files without a row and rows without a file; delete the former if asked to."""

    help = "核对凭证文件：没有记录的文件、文件丢失的凭证"

    def add_arguments(self, parser):
        """Ask whether to delete."""
        parser.add_argument("--delete", action="store_true", help="删除上传一天以上、没有记录的文件")

    def handle(self, *, delete, **options):
        """Print a line for each difference; fails while some are left."""
        named = dict(Evidence.objects.values_list("file", "pk"))
        stored = stored_names()
        strays = sorted(name for name in stored - named.keys() if is_old(name))
        lost = sorted((pk, name) for name, pk in named.items() if name not in stored)
        for name in strays:
            self.stdout.write(f"没有记录的文件：{name}")
        for pk, name in lost:
            self.stdout.write(f"文件丢失：凭证 {pk}（{name}）")
        if delete and strays:
            count = actions.remove_stray_files(names=strays, by=User.objects.system())
            self.stdout.write(f"已删除没有记录的文件 {count} 个")
            strays = []
        if strays or lost:
            raise CommandError(f"共 {len(strays) + len(lost)} 处差异")
        self.stdout.write(f"凭证与文件一致：{len(named)} 份")


def stored_names():
    """Return the names of the files in the store; none where nothing was uploaded yet."""
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return set()
    return {f"{FOLDER}/{name}" for name in files}


def is_old(name):
    """Say whether a file was stored more than a day ago."""
    return timezone.now() - default_storage.get_modified_time(name) > YOUNG
