import django.utils.timezone
from django.db import migrations, models


def to_contacts(apps, schema_editor):
    """Make the contact of each company a row of its own; say since when each company is known."""
    Company, Contact = (apps.get_model("projects", name) for name in ("Company", "Contact"))
    rows = Company.objects.exclude(contact="", phone="")
    Contact.objects.bulk_create(
        [Contact(company=row, name=row.contact or "联系人", phone=row.phone) for row in rows.iterator()],
        batch_size=500,
    )
    entries = apps.get_model("units", "AuditEntry").objects.filter(action="company.created")
    for pk, at in entries.values_list("object_id", "at").iterator():
        Company.objects.filter(pk=pk).update(recorded_at=at)


def to_company(apps, schema_editor):
    """Put the first contact of each company back into it."""
    Company, Contact = (apps.get_model("projects", name) for name in ("Company", "Contact"))
    for row in Contact.objects.order_by("-pk").iterator():
        Company.objects.filter(pk=row.company_id).update(contact=row.name, phone=row.phone)


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_search'),
        ('units', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='recorded_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='登记时间'),
            preserve_default=False,
        ),
        migrations.RunPython(to_contacts, to_company),
    ]
