"""The database's own refusal to change what was issued, whoever writes to it and by whatever way.

The triggers are set after each migrate, because SQLite drops a table's triggers when Django builds the table anew.
"""

from django.db import connections
from django.utils.translation import gettext_lazy as _

REPORTS = "reports_report"
PARTS = {  # what belongs to an issue, by short name
    "file": "reports_issuedfile",
    "section": "reports_reportsection",
    "pin": "reports_pin",
    "objection": "reports_objection",
}
TABLES = {REPORTS, *PARTS.values()}
REFUSAL = "an issued report never changes"
ISSUED = f"(SELECT status FROM {REPORTS} WHERE id = %s.report_id) = 'issued'"  # noqa: S608 our own names


def _sqlite():
    yield "report_stays", REPORTS, f"BEFORE UPDATE ON {REPORTS} WHEN OLD.status = 'issued'"
    yield "report_is_kept", REPORTS, f"BEFORE DELETE ON {REPORTS} WHEN OLD.status = 'issued'"
    for name, table in PARTS.items():
        for what, row in (("UPDATE", "OLD"), ("DELETE", "OLD"), ("INSERT", "NEW")):
            yield f"{name}_{what.lower()}", table, f"BEFORE {what} ON {table} WHEN {ISSUED % row}"


def _postgres():
    yield "report_stays", REPORTS, f"BEFORE UPDATE OR DELETE ON {REPORTS} FOR EACH ROW WHEN (OLD.status = 'issued')"
    yield "reports_are_kept", REPORTS, f"BEFORE TRUNCATE ON {REPORTS}"
    for name, table in PARTS.items():
        yield f"{name}_stays", table, f"BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW"
        yield f"{name}s_are_kept", table, f"BEFORE TRUNCATE ON {table}"


def _triggers(connection):
    return tuple(_postgres() if connection.vendor == "postgresql" else _sqlite())


FUNCTION = f"""
CREATE OR REPLACE FUNCTION reports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT 1 FROM {REPORTS} WHERE status = 'issued') THEN RETURN NULL; END IF;
    ELSIF TG_TABLE_NAME <> '{REPORTS}' THEN
        IF TG_OP = 'INSERT' THEN
            IF NOT {ISSUED % "NEW"} THEN RETURN NEW; END IF;
        ELSIF NOT {ISSUED % "OLD"} THEN
            IF TG_OP = 'UPDATE' THEN RETURN NEW; ELSE RETURN OLD; END IF;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""  # noqa: S608 our own names


def set_seals(using: str = "default") -> None:
    """Set every trigger anew, where all tables stand."""
    connection = connections[using]
    if not _stand(connection):
        return
    lift_seals(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name, _table, when in _triggers(connection):
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION reports_refuse()")
            else:
                cursor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def lift_seals(using: str = "default") -> None:
    """Take the triggers away: before a database is emptied or its tables are built anew, never while it serves."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table, _on in _held(connection):
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")


def missing_seals(using: str = "default") -> list[str]:
    """Name the triggers that should stand and do not."""
    connection = connections[using]
    held = {name for name, _table, is_on in _held(connection) if is_on}
    return [
        str(_("缺少触发器 %(name)s") % {"name": name})
        for name, _table, _when in _triggers(connection)
        if name not in held
    ]


def _held(connection):
    """Return the triggers on our tables, as (name, table, whether it is on)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, relname, tgenabled <> 'D' FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal"
            )
        else:
            cursor.execute("SELECT name, tbl_name, 1 FROM sqlite_master WHERE type = 'trigger'")
        return [row for row in cursor.fetchall() if row[1] in TABLES]


def _stand(connection):
    return set(connection.introspection.table_names()) >= TABLES


def set_after_migrate(using, **kwargs):
    """Receive post_migrate."""
    set_seals(using)


def lift_before_migrate(using, **kwargs):
    """Receive pre_migrate."""
    lift_seals(using)
