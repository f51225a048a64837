"""Targets that stand already become the first draft of their campaign, which every day reads until one is issued."""

from django.db import migrations


def into_drafts(apps, schema_editor):
    """Put the targets of each campaign that has any into a draft."""
    Target = apps.get_model('campaigns', 'Target')
    TargetVersion = apps.get_model('campaigns', 'TargetVersion')
    rows = Target.objects.filter(version=None)
    for campaign_id in sorted(set(rows.values_list('line__campaign', flat=True))):
        draft = TargetVersion.objects.create(campaign_id=campaign_id, number=1)
        Target.objects.filter(line__campaign=campaign_id, version=None).update(version=draft)


class Migration(migrations.Migration):

    dependencies = [('campaigns', '0004_target_versions')]

    operations = [migrations.RunPython(into_drafts, migrations.RunPython.noop)]
