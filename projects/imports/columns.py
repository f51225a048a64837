"""The columns that imports know: how their headings are written, and what kind of words stand below. Plain data.

Headings and words are compared without blanks, punctuation and the measure in them, traditional characters as
simplified ones, so synonyms are written once, in simplified characters, with a blank between two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TEXT, CODE, PHONE, CHOICE, DATE, MONEY = "text", "code", "phone", "choice", "date", "money"
NUMBER, PERCENT, YES_NO = "number", "percent", "yes_no"
UNIT, COMPANY, PROJECT_NAME = "unit", "company", "project"  # text that names a record
AMOUNTS = (MONEY, NUMBER, PERCENT)  # must not be repeated by filling a merged cell down


def _choices(**words):
    """Return {stored value: (label, other words…)}."""
    return MappingProxyType({value: tuple(text.split()) for value, text in words.items()})


@dataclass(frozen=True)
class Column:
    """One field: its heading in templates, its kind, other headings it goes by, and a note for who fills it in.

    measure: what a plain number is in where the sheet says nothing (never for money: it must be said); choices:
    {stored value: (label, other words…)}; read_only: compared with the record, never written; letter: what the
    number of a record begins with, for a column that holds one.
    """

    name: str
    heading: str
    kind: str = TEXT
    also: str = ""
    note: str = ""
    measure: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    needed: bool = False
    read_only: bool = False
    letter: str = ""

    @property
    def synonyms(self) -> tuple[str, ...]:
        """The other headings."""
        return tuple(self.also.split())


SECTORS = _choices(
    industry="工业 工业类 工业项目 二产 第二产业 制造业 生产型",
    agriculture="农业 农业类 农业项目 一产 第一产业 农林牧渔业",
    services="服务业 服务业类 服务业项目 三产 第三产业 现代服务业 商贸服务业",
)
ORIGINS = _choices(
    city="市内 本市",
    province="省内市外 省内 市外省内",
    country="省外 境内省外 国内省外 外省",
    hmt="港澳台 港澳台资 香港 澳门 台湾 台资 港资",
    abroad="国外 外国 海外",
)
NATURES = _choices(
    new="新建 新建项目 新设",
    expansion="改扩建 扩建 改建 续建扩建 增资扩建",
    upgrade="技改 技术改造 改造",
    move="搬迁 迁建 整体搬迁",
    capital="增资扩股 增资 并购增资",
)
INTRODUCERS = _choices(
    adviser="投资顾问 顾问 招商顾问 招商大使",
    chamber="商会协会 商会 协会 异地商会 行业协会",
    agency="中介机构 中介 招商中介 咨询机构",
    company="企业 公司 以商招商",
    person="个人 自然人 乡贤",
)
CURRENCIES = _choices(
    CNY="人民币 元 万元 RMB CNY",
    USD="美元 美金 万美元 USD",
    EUR="欧元 万欧元 EUR",
    HKD="港元 港币 万港元 HKD",
    JPY="日元 日圆 万日元 JPY",
)
FORMS = _choices(
    cash="货币 现金 货币资金 转账",
    in_kind="实物 实物出资",
    equipment="设备 设备出资 机器设备",
    land="土地厂房 土地 厂房 房产",
    intangible="无形资产 专利 技术 知识产权",
)
FUND_NATURES = _choices(
    instalment="分期出资 分期 首期 续期 出资",
    increase="增资 增资款",
    arrears="补缴欠资 补缴 差欠进资 欠资",
)
DIRECTIONS = _choices(
    outbound="走出去 外出 外出招商 出访 走访 拜访 赴外",
    inbound="请进来 来访 接待 来区考察 来访接待 邀请考察",
)
STAGES = _choices(
    lead="线索 信息 拟寻求",
    visit="走访考察 走访 考察",
    talks="洽谈 在谈",
    intent="意向 意向协议 框架协议",
    signed="签约 已签约 未动工已签约 合同",
    funded="到资 资金到位",
    building="开工在建 在建 已开工 开工",
    producing="投产 已投产 竣工投产 已竣工投产",
)

OF_A_COMPANY = (  # what the project ledger and the list of companies both say of one
    Column(
        "credit_code",
        "统一社会信用代码",
        CODE,
        also="信用代码 社会信用代码 统一信用代码 企业信用代码",
        note="18 位，单元格设为文本格式",
    ),
    Column(
        "origin",
        "资金来源",
        CHOICE,
        also="投资方所在地类别 投资来源 资金来源地 来源地 内外资",
        choices=ORIGINS,
    ),
)

PROJECT = (
    Column(
        "name",
        "项目名称",
        also="项目 项目全称 全称 项目名 名称 招商项目名称 签约项目名称",
        note="同一投资方不能有两个同名项目",
        needed=True,
    ),
    Column(
        "company",
        "投资方",
        COMPANY,
        also=(
            "投资方名称 外来投资方 投资企业 投资主体 市外股东 客商 客商名称 项目业主单位 项目业主 "
            "业主单位 投资商 投资单位 企业名称 公司名称"
        ),
        note="填企业全称",
        needed=True,
    ),
    *OF_A_COMPANY,
    Column(
        "sector",
        "产业类别",
        CHOICE,
        also="产业类型 产业 三次产业 项目类别",
        choices=SECTORS,
    ),
    Column(
        "industry",
        "细分产业",
        also="行业 所属行业 行业类别 细分行业 产业门类 所属产业",
    ),
    Column(
        "chain",
        "所属产业链",
        also="产业链 重点产业链 产业链名称",
    ),
    Column(
        "nature",
        "项目性质",
        CHOICE,
        also="建设性质 投资性质",
        note="如 新建、扩建、技改",
        choices=NATURES,
    ),
    Column(
        "investment",
        "计划总投资(万元)",
        MONEY,
        also=(
            "计划总投资 总投资 总投资额 投资总额 拟投资额 投资额 计划投资 项目总投资 计划投资总额 投资规模 预计总投资"
        ),
        note="可写 9.29亿元、5000万元、300万美元；只写数时按表头的单位",
    ),
    Column(
        "first_phase",
        "一期投资(万元)",
        MONEY,
        also="一期投资 一期投资额 首期投资 首期投资额 一期计划投资",
    ),
    Column(
        "place",
        "建设地点",
        also="项目地址 地址 园区地址 所属开发区 所在园区 落户地点 项目地点 建设地址 选址 项目选址 拟落户地点",
        note="注明园区",
    ),
    Column(
        "summary",
        "建设内容",
        also=(
            "建设规模及主要内容 主要建设内容 建设规模 项目简介 项目概况 项目内容 建设规模及内容 "
            "建设内容及规模 主要建设内容及规模 项目建设内容"
        ),
    ),
    Column(
        "land",
        "项目用地(亩)",
        NUMBER,
        also="项目用地 用地 用地面积 占地 占地面积 用地规模 拟用地 供地面积",
        measure="亩",
    ),
    Column(
        "built_years",
        "建设年限",
        also="建设周期 建设工期 建设起止年限 建设期",
        note="如 2025-2027",
    ),
    Column(
        "registered_name",
        "注册名称",
        also="注册企业名称 注册公司名称 项目公司 项目公司名称 本地公司名称",
    ),
    Column(
        "registered_capital",
        "注册资本(万元)",
        MONEY,
        also="注册资本 注册资金 注册资本金",
    ),
    Column(
        "legal_person",
        "法人代表",
        also="法定代表人 法人 法人姓名 企业法人",
    ),
    Column(
        "business_scope",
        "经营范围",
        also="主营业务 主要经营范围",
    ),
    Column(
        "local_partner",
        "本地投资方",
        also="本地股东 本地合作方 合作方 市内股东",
    ),
    Column(
        "local_share",
        "本地投资占比(%)",
        PERCENT,
        also="本地投资占比 本地股份占比 本地占比 本地股权比例",
        note="写 30% 或 30",
    ),
    Column(
        "capacity",
        "新增生产能力",
        also="生产能力 设计产能 产能 新增产能 已形成产能 达产产能",
    ),
    Column(
        "output",
        "达产年产值(万元)",
        MONEY,
        also="达产年产值 年产值 预计年产值 达产产值 预计产值",
    ),
    Column(
        "tax_expected",
        "预计年税收(万元)",
        MONEY,
        also="预计年税收 年税收 预计税收 达产年税收 税收贡献 达产税收",
    ),
    Column(
        "jobs",
        "预计用工(人)",
        NUMBER,
        also="预计用工 用工人数 就业人数 带动就业 新增就业 预计就业 解决就业",
        measure="人",
    ),
    Column(
        "leader",
        "挂包领导",
        also="挂点领导 包保领导 挂钩领导 联系领导 挂联领导 区级领导 包联领导 责任领导 分管领导 牵头领导",
    ),
    Column(
        "lead_unit",
        "牵头单位",
        UNIT,
        also="牵头部门 牵头责任单位 跟踪单位",
    ),
    Column(
        "team",
        "工作专班",
        also="专班 服务专班 责任班子 工作班子",
    ),
    Column(
        "plan",
        "推进计划",
        also="工作计划 推进方案 下一步计划 下步工作计划 下一步工作打算",
    ),
    Column(
        "unit",
        "招引单位",
        UNIT,
        also="责任单位 招商单位 引进单位 挂钩责任单位 填报单位 招商责任单位 单位 首谈单位 引资单位",
        note="按系统里的单位名称填写",
        needed=True,
    ),
    Column(
        "landing_unit",
        "落地单位",
        UNIT,
        also="落户单位 属地单位 落地镇街 属地 所属区域 承接单位",
    ),
    Column(
        "outside",
        "区外落地点",
        also="区外落地 飞地 落地区外 飞地园区",
        note="不落在本区的填落地的地方",
    ),
    Column(
        "introducer_kind",
        "引荐方类型",
        CHOICE,
        also="引荐类型 中介类型 引荐人类型",
        choices=INTRODUCERS,
    ),
    Column(
        "introducer_name",
        "引荐方",
        also="引荐方名称 引荐人 项目引荐单位 引荐单位 介绍人 中介机构",
    ),
    Column(
        "contact",
        "联系人",
        also="企业联系人 联络人 客商联系人 投资方联系人 责任联系人",
    ),
    Column(
        "contact_title",
        "职务",
        also="联系人职务 企业联系人职务",
    ),
    Column(
        "phone",
        "联系电话",
        PHONE,
        also="电话 联系方式 手机 手机号 手机号码 联系人电话 电话号码",
        note="单元格设为文本格式",
    ),
    Column(
        "tags",
        "标签",
        also="项目标签 特征标签",
        note="几个标签用顿号隔开",
    ),
    Column(
        "is_key",
        "重点项目",
        YES_NO,
        also="是否重点项目 是否重点 重大项目 是否重大项目",
        note="是 或 否",
    ),
    Column(
        "note",
        "备注",
        also="说明 备注说明 其他 其它",
    ),
    Column(
        "lead_on",
        "线索日期",
        DATE,
        also="线索时间 登记日期 信息登记日期 获取线索时间",
    ),
    Column(
        "intent_on",
        "意向签约日期",
        DATE,
        also="意向签约时间 意向协议时间 意向协议日期 签订意向时间 框架协议时间",
    ),
    Column(
        "contract_on",
        "签约时间",
        DATE,
        also="签约日期 合同签订时间 合同签订日期 正式签约时间 正式签约日期 签订合同时间 协议签订时间",
        note="如 2026-05-18",
    ),
    Column(
        "contract_amount",
        "协议投资(万元)",
        MONEY,
        also="协议投资 协议投资额 合同投资额 合同金额 协议金额 签约金额 合同总额 签约额 协议资金 合同资金",
    ),
    Column(
        "filing_on",
        "立项备案日期",
        DATE,
        also="立项备案时间 备案时间 备案日期 立项时间 立项日期",
    ),
    Column(
        "registration_on",
        "注册时间",
        DATE,
        also="注册日期 公司注册时间 工商注册时间 公司注册日期",
    ),
    Column(
        "groundbreaking_on",
        "开工时间",
        DATE,
        also="开工日期 动工时间 动工日期 实际开工时间 开工建设时间",
    ),
    Column(
        "completion_on",
        "竣工时间",
        DATE,
        also="竣工日期 完工时间 完工日期",
    ),
    Column(
        "production_on",
        "投产时间",
        DATE,
        also="投产日期 投产竣工时间 竣工投产时间 达产时间",
    ),
    Column(
        "arrived",
        "累计到位(万元)",
        MONEY,
        also=(
            "累计到位 累计到位资金 到位资金累计 实际到资额 累计实际到资总额 实际到资总额 到资总额 累计到资 到位资金"
        ),
        note="由到资记录得出，只核对、不写入",
        read_only=True,
    ),
    Column(
        "stage",
        "阶段",
        CHOICE,
        also="进展状态 项目阶段 项目进展 所处阶段 项目状态 当前阶段",
        note="由节点得出，只核对、不写入",
        choices=STAGES,
        read_only=True,
    ),
)

VISIT = (
    Column(
        "unit",
        "单位",
        UNIT,
        also="填报单位 责任单位 部门 招商单位 牵头单位 组别 出访单位",
        note="按系统里的单位名称填写",
        needed=True,
    ),
    Column(
        "company",
        "企业",
        COMPANY,
        also="企业名称 拜访企业 拜访企业名称 走访企业 来访企业 客商 对接企业 考察企业 接洽企业",
        note="填企业全称",
        needed=True,
    ),
    Column(
        "direction",
        "方向",
        CHOICE,
        also="类型 走访类型 招商方式 活动类型 走出去请进来",
        note="走出去 或 请进来",
        choices=DIRECTIONS,
    ),
    Column(
        "on",
        "日期",
        DATE,
        also="时间 走访日期 走访时间 开始时间 外出时间 来访时间 出访时间 拜访时间 活动日期 开始日期",
        needed=True,
    ),
    Column(
        "place",
        "地点",
        also="目的地 走访地点 出访地点 城市 外出地点 考察地点",
    ),
    Column(
        "heads",
        "人数",
        NUMBER,
        also="外出人数 出访人数 来访人数 参加人数 人次 参与人数",
        measure="人",
    ),
    Column(
        "led_by_top",
        "党政主要领导带队",
        YES_NO,
        also="主要领导带队 党政主职 是否主要领导带队 党政主职带队 招商领导类型",
        note="是 或 否",
    ),
    Column(
        "project",
        "有关项目",
        PROJECT_NAME,
        also="项目 项目名称 洽谈项目 相关项目 对接项目",
    ),
    Column(
        "note",
        "洽谈情况",
        also="备注 工作开展情况 洽谈内容 对接情况 走访情况 成效 主要内容",
    ),
)

INSTALMENT = (
    Column(
        "project",
        "项目名称",
        PROJECT_NAME,
        also="项目 项目全称 全称",
        needed=True,
    ),
    Column(
        "company",
        "投资方",
        COMPANY,
        also="投资企业 企业名称 外来投资方 公司名称 投资方名称 客商",
        note="有同名项目时必填",
    ),
    Column(
        "on",
        "到账日期",
        DATE,
        also="到位日期 到位时间 到资日期 到资时间 进资时间 进资日期 到账时间 日期 实际到位日期 实际到位时间",
    ),
    Column(
        "amount",
        "到位金额(万元)",
        MONEY,
        also="到位金额 到位资金 到资额 进资额 进资金额 到账金额 金额 实际到位金额 本次到位 实际到资额 到资金额",
        note="可写 879万欧元；只写数时按表头的单位",
    ),
    Column(
        "currency",
        "币种",
        CHOICE,
        also="货币 币别",
        note="留空时按金额里的币种，都没有时为人民币",
        choices=CURRENCIES,
    ),
    Column(
        "rate",
        "汇率",
        NUMBER,
        also="折算汇率 换算汇率 折合汇率",
        note="外币折合人民币的汇率，留空时按系统里的汇率",
    ),
    Column(
        "in_cash",
        "现汇",
        YES_NO,
        also="是否现汇 现汇进资 现汇到位",
        note="是 或 否",
    ),
    Column(
        "form",
        "出资方式",
        CHOICE,
        also="到资方式 出资形式 投资方式 资金形式",
        choices=FORMS,
    ),
    Column(
        "nature",
        "资金性质",
        CHOICE,
        also="进资性质 款项性质 资金类别",
        choices=FUND_NATURES,
    ),
    Column(
        "note",
        "备注",
        also="说明 备注说明 摘要",
    ),
    Column(
        "due_on",
        "承诺到位日期",
        DATE,
        also="承诺日期 约定到位日期 应到位日期 计划到位时间 承诺到位时间 计划到位日期",
    ),
    Column(
        "promised_amount",
        "承诺金额(万元)",
        MONEY,
        also="承诺金额 承诺到位金额 应到位金额 计划到位金额 约定金额",
    ),
)

COMPANY_LIST = (
    Column(
        "company",
        "企业名称",
        COMPANY,
        also="企业 企业全称 公司名称 公司全称 单位名称 投资方 投资方名称 客商 客商名称 名称",
        note="填企业全称；改名须带编号",
        needed=True,
    ),
    *OF_A_COMPANY,
    Column(
        "place",
        "所在地",
        also="企业所在地 总部所在地 企业地址 注册地 地址 城市",
    ),
    Column(
        "contact",
        "联系人",
        also="企业联系人 联络人 客商联系人",
        note="台账中没有这位联系人的，添加一位",
    ),
    Column(
        "contact_title",
        "职务",
        also="联系人职务 企业联系人职务",
    ),
    Column(
        "phone",
        "联系电话",
        PHONE,
        also="电话 联系方式 手机 手机号 手机号码 联系人电话 电话号码",
        note="单元格设为文本格式；隐去中间几位的不写入",
    ),
    Column(
        "unit",
        "登记单位",
        UNIT,
        also="填报单位 责任单位 单位",
        note="按系统里的单位名称填写",
    ),
)

TRIP = (
    Column(
        "unit",
        "单位",
        UNIT,
        also="填报单位 责任单位 部门 招商单位 出访单位 派出单位 报备单位 外出单位 组别",
        note="按系统里的单位名称填写",
        needed=True,
    ),
    Column(
        "delegation",
        "小分队",
        also="招商小分队 小分队名称 招商分队 招商专班 专班 队伍 派出小分队 工作组",
        note="按系统里登记的名称填写；没有编入的留空",
    ),
    Column(
        "purpose",
        "出行目的",
        also=(
            "考察目的 外出目的 出访目的 出差目的 出行事由 外出事由 出访事由 事由 考察内容 考察任务 外出任务 主要任务 "
            "行程名称 活动名称"
        ),
        note="如：赴江南拜访三家装备企业",
        needed=True,
    ),
    Column(
        "leader",
        "带队人",
        also="带队领导 领队 带队 带队人员 带队负责人 牵头领导 出访领导 带队人姓名",
        needed=True,
    ),
    Column(
        "people",
        "同行人员",
        also="随行人员 参加人员 出访人员 外出人员 出行人员 陪同人员 参与人员 小组成员 成员",
        note="姓名用顿号隔开",
    ),
    Column(
        "led_by_top",
        "党政主要领导带队",
        YES_NO,
        also="主要领导带队 党政主职 是否主要领导带队 党政主职带队 是否党政主要领导带队 是否党政主职带队",
        note="是 或 否",
    ),
    Column(
        "starts_on",
        "出发日期",
        DATE,
        also="出发时间 开始日期 开始时间 外出日期 外出时间 出访日期 出访时间 出行日期 出行时间 起始日期 去程日期",
        needed=True,
    ),
    Column(
        "ends_on",
        "返回日期",
        DATE,
        also="返回时间 返程日期 返程时间 结束日期 结束时间 回程日期 返岗日期 截止日期",
        needed=True,
    ),
    Column(
        "heads",
        "人数",
        NUMBER,
        also="外出人数 出访人数 出行人数 参加人数 人次 参与人数",
        note="含带队人；留空时按写明姓名的人数",
        measure="人",
    ),
    Column(
        "cost",
        "费用(万元)",
        MONEY,
        also="费用 经费 支出 花费 外出费用 差旅费 差旅费用 费用支出 经费支出",
        note="只写数时按表头的单位",
    ),
    Column(
        "results",
        "成果",
        also="外出成果 招商成果 取得成果 主要成果 成效 取得成效 工作成效 招商成效 考察成果 销差情况 外出成效",
        note="返回后填写，填了即销差、计数；没有成果写“无”并说明情况",
    ),
)

PROBLEM = (
    Column(
        "project",
        "项目名称",
        PROJECT_NAME,
        also="项目 项目全称 涉及项目 相关项目 有关项目 所属项目",
        needed=True,
    ),
    Column(
        "company",
        "投资方",
        COMPANY,
        also="投资企业 企业名称 企业 外来投资方 公司名称 投资方名称 客商 业主单位",
        note="有同名项目时必填",
    ),
    Column(
        "title",
        "问题",
        also=(
            "问题名称 存在问题 主要问题 存在困难 困难问题 困难和问题 存在的问题 存在的主要问题 存在困难和问题 "
            "问题事项 需协调问题 需协调解决的问题 需协调事项 企业诉求"
        ),
        note="一句话说清卡在哪里",
        needed=True,
    ),
    Column(
        "detail",
        "具体情况",
        also="详细情况 问题详情 问题情况 问题描述 具体问题 情况说明 具体内容 说明 备注",
    ),
    Column(
        "unit",
        "责任单位",
        UNIT,
        also="责任部门 牵头单位 承办单位 办理单位 牵头责任单位 承诺单位 牵头部门 解决单位 单位",
        note="按系统里的单位名称填写",
        needed=True,
    ),
    Column(
        "person",
        "责任人",
        also="具体责任人 经办人 承办人 责任领导 负责人 联系人",
    ),
    Column(
        "found_on",
        "提出日期",
        DATE,
        also="提出时间 发现日期 发现时间 登记日期 登记时间 反映时间 反映日期 收集时间 交办日期 交办时间",
        note="登记后不改",
        needed=True,
    ),
    Column(
        "due_on",
        "承诺期限",
        DATE,
        also=(
            "承诺日期 承诺时限 承诺时间 承诺办结日期 承诺办结时间 承诺解决时间 办理期限 办理时限 办结时限 完成时限 "
            "完成期限 整改时限 解决时限 限办日期 计划完成时间"
        ),
        note="登记后改期请在问题页延期",
        needed=True,
    ),
    Column(
        "meeting",
        "承诺会议",
        also="在哪次会议承诺 会议 会议名称 交办会议 承诺的会议 承诺于",
        note="填会议名称；有同名会议的写“2026-05-18 会议名称”",
    ),
    Column(
        "done_on",
        "办结日期",
        DATE,
        also="办结时间 完成日期 完成时间 解决日期 解决时间 销号日期 销号时间 实际完成时间 实际办结时间",
    ),
    Column(
        "outcome",
        "办理结果",
        also="办理情况 办结情况 解决情况 处理结果 完成情况 整改结果 办结结果 解决结果",
        note="填了办结日期的必填",
    ),
)
