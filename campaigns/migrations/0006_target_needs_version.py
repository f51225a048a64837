import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('campaigns', '0005_targets_in_versions')]

    operations = [
        migrations.AlterField(
            model_name='target',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='campaigns.targetversion', verbose_name='目标版本'),
        ),
    ]
