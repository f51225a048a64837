import campaigns.numbers
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0002_initial'),
        ('projects', '0012_holidays_move'),  # which leaves the table of holidays under its new name
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Holiday',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField(error_messages={'unique': '这一天已在表中'}, unique=True, verbose_name='日期')),
                        ('works', models.BooleanField(default=False, verbose_name='上班')),
                        ('name', models.CharField(max_length=50, verbose_name='名称')),
                    ],
                    options={
                        'verbose_name': '节假日',
                        'verbose_name_plural': '节假日',
                        'ordering': ['-on'],
                    },
                ),
            ],
        ),
        migrations.AlterField(
            model_name='campaign',
            name='clock',
            field=models.CharField(choices=[('day', '按日'), ('workday', '按工作日'), ('month', '按月'), ('stages', '按阶段表')], default='day', max_length=10, verbose_name='时序'),
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='截止日期')),
                ('share', campaigns.numbers.ExactField(verbose_name='应完成比例')),
                ('name', models.CharField(blank=True, max_length=50, verbose_name='阶段')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='campaigns.campaign', verbose_name='战役')),
            ],
            options={
                'verbose_name': '阶段',
                'verbose_name_plural': '阶段',
                'ordering': ['on', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'on'), name='stage_once_per_day', violation_error_message='同一天只能有一个阶段'), models.CheckConstraint(condition=models.Q(('share__gte', Decimal('0')), ('share__lte', Decimal('1'))), name='stage_share_is_between_0_and_1', violation_error_message='应完成比例须在 0 至 100% 之间')],
            },
        ),
    ]
