from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the rows that were moved: PostgreSQL alters no table with pending constraint checks."""

    dependencies = [
        ('projects', '0004_contacts'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='company',
            name='contact',
        ),
        migrations.RemoveField(
            model_name='company',
            name='phone',
        ),
    ]
