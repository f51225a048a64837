import campaigns.numbers
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_holidays_and_stages'),
        ('units', '0003_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineWeight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weight', campaigns.numbers.ExactField(verbose_name='权重')),
            ],
            options={
                'verbose_name': '指标权重',
                'verbose_name_plural': '指标权重',
            },
        ),
        migrations.CreateModel(
            name='PersonTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.CharField(max_length=50, verbose_name='责任人')),
                ('amount', campaigns.numbers.ExactField(verbose_name='责任目标')),
            ],
            options={
                'verbose_name': '责任到人',
                'verbose_name_plural': '责任到人',
                'ordering': ['person', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TargetStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='截止日期')),
                ('amount', campaigns.numbers.ExactField(verbose_name='阶段目标')),
            ],
            options={
                'verbose_name': '阶段目标',
                'verbose_name_plural': '阶段目标',
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TargetVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                ('holds_from', models.DateField(blank=True, null=True, verbose_name='生效日期')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='下达日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
            ],
            options={
                'verbose_name': '目标版本',
                'verbose_name_plural': '目标版本',
                'ordering': ['-number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='target',
            name='target_once_per_unit_and_line',
        ),
        migrations.AddField(
            model_name='lineweight',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weights', to='campaigns.campaignindicator', verbose_name='考核指标'),
        ),
        migrations.AddField(
            model_name='persontarget',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaignindicator', verbose_name='考核指标'),
        ),
        migrations.AddField(
            model_name='persontarget',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit', verbose_name='单位'),
        ),
        migrations.AddField(
            model_name='targetstage',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='campaigns.target', verbose_name='目标任务'),
        ),
        migrations.AddField(
            model_name='targetversion',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='target_versions', to='campaigns.campaign', verbose_name='战役'),
        ),
        migrations.AddField(
            model_name='lineweight',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weights', to='campaigns.targetversion', verbose_name='目标版本'),
        ),
        migrations.AddField(
            model_name='target',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='campaigns.targetversion', verbose_name='目标版本'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('version', 'line', 'unit'), name='target_once_per_version_unit_line', violation_error_message='该单位已有此项指标的目标'),
        ),
        migrations.AddConstraint(
            model_name='persontarget',
            constraint=models.UniqueConstraint(fields=('line', 'unit', 'person'), name='person_target_once_per_person', violation_error_message='该责任人已有此项指标的目标'),
        ),
        migrations.AddConstraint(
            model_name='persontarget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', Decimal('0'))), name='person_target_is_not_negative', violation_error_message='目标不能为负'),
        ),
        migrations.AddConstraint(
            model_name='targetstage',
            constraint=models.UniqueConstraint(fields=('target', 'on'), name='target_stage_once_per_day', violation_error_message='同一天只能有一个阶段目标'),
        ),
        migrations.AddConstraint(
            model_name='targetstage',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', Decimal('0'))), name='target_stage_is_not_negative', violation_error_message='目标不能为负'),
        ),
        migrations.AddConstraint(
            model_name='targetversion',
            constraint=models.UniqueConstraint(fields=('campaign', 'number'), name='target_version_once_per_number'),
        ),
        migrations.AddConstraint(
            model_name='targetversion',
            constraint=models.UniqueConstraint(condition=models.Q(('issued_on__isnull', True)), fields=('campaign',), name='campaign_has_one_draft_of_targets', violation_error_message='已有一份未下达的草稿'),
        ),
        migrations.AddConstraint(
            model_name='targetversion',
            constraint=models.CheckConstraint(condition=models.Q(('issued_on__isnull', True), ('holds_from__isnull', False), _connector='OR'), name='issued_targets_hold_from_a_day', violation_error_message='下达须有生效日期'),
        ),
        migrations.AddConstraint(
            model_name='lineweight',
            constraint=models.UniqueConstraint(fields=('version', 'line'), name='weight_once_per_version_and_line'),
        ),
    ]
