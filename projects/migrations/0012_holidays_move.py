"""The table of holidays moves to the campaigns room, with its rows."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("projects", "0011_road_and_desk")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable(name="holiday", table="campaigns_holiday")],
            state_operations=[migrations.DeleteModel(name="holiday")],
        ),
    ]
