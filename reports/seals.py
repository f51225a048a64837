"""The database's own refusal to change what was issued, whoever writes to it and by whatever way.

The triggers are set after each migrate, because SQLite drops a table's triggers when Django builds the table anew.
"""

from django.db import connections
from django.utils.translation import gettext_lazy as _

REPORTS, FILES = "reports_report", "reports_issuedfile"
REFUSAL = "an issued report never changes"

SQLITE = {
    "report_stays": f"BEFORE UPDATE ON {REPORTS} WHEN OLD.status = 'issued'",
    "report_is_kept": f"BEFORE DELETE ON {REPORTS} WHEN OLD.status = 'issued'",
    "file_stays": f"BEFORE UPDATE ON {FILES}",
    "file_is_kept": f"BEFORE DELETE ON {FILES}",
    "file_is_not_added": (
        f"BEFORE INSERT ON {FILES} WHEN (SELECT status FROM {REPORTS} WHERE id = NEW.report_id) = 'issued'"  # noqa: S608 our own names
    ),
}
POSTGRES = {
    "report_stays": f"BEFORE UPDATE OR DELETE ON {REPORTS} FOR EACH ROW WHEN (OLD.status = 'issued')",
    "file_stays": f"BEFORE UPDATE OR DELETE ON {FILES} FOR EACH ROW",
    "file_is_not_added": f"BEFORE INSERT ON {FILES} FOR EACH ROW",
    "reports_are_kept": f"BEFORE TRUNCATE ON {REPORTS}",
    "files_are_kept": f"BEFORE TRUNCATE ON {FILES}",
}
FUNCTION = f"""
CREATE OR REPLACE FUNCTION reports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT status FROM {REPORTS} WHERE id = NEW.report_id) <> 'issued' THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT 1 FROM {REPORTS} WHERE status = 'issued') THEN RETURN NULL; END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""  # noqa: S608 our own names


def set_seals(using: str = "default") -> None:
    """Set every trigger anew, where both tables stand."""
    connection = connections[using]
    if not {REPORTS, FILES} <= set(connection.introspection.table_names()):
        return
    lift_seals(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
            for name, when in POSTGRES.items():
                cursor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION reports_refuse()")
        else:
            for name, when in SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def lift_seals(using: str = "default") -> None:
    """Take the triggers away: before a database is emptied or its tables are built anew, never while it serves."""
    connection = connections[using]
    names = POSTGRES if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        for name, when in names.items():
            table = FILES if FILES in when.partition(" ON ")[2].split()[0] else REPORTS
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")


def missing_seals(using: str = "default") -> list[str]:
    """Name the triggers that should stand and do not."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        held = {name for (name,) in cursor.fetchall()}
    wanted = POSTGRES if connection.vendor == "postgresql" else SQLITE
    return [str(_("缺少触发器 %(name)s") % {"name": name}) for name in wanted if name not in held]


def set_after_migrate(using, **kwargs):
    """Receive post_migrate."""
    set_seals(using)


def lift_before_migrate(using, **kwargs):
    """Receive pre_migrate."""
    connection = connections[using]
    if {REPORTS, FILES} <= set(connection.introspection.table_names()):
        lift_seals(using)
