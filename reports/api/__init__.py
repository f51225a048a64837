"""The read API for other systems, /api/v1/: what a key's user may see, in pages, as JSON; nothing is written."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI

from reports.api import campaigns, projects, reports
from reports.api.errors import answer_errors, unknown
from reports.api.keys import KeyAuth, KeyThrottle
from reports.api.page import SitePage

api = NinjaAPI(
    title="读数接口",
    version="1",
    description=_(
        "只读。请求头 Authorization: Bearer 令牌；令牌在“本人 → 接口令牌”生成，能看到的与其所属账号完全一样。"
        "数都是文本，按精确值；每页最多 100 条。说明见 docs/api.md。"
    ),
    docs=SitePage(),
    urls_namespace="api",
    auth=KeyAuth(),
    throttle=[KeyThrottle()],
)
answer_errors(api)
api.add_router("", campaigns.router, tags=["战役"])
api.add_router("", projects.router, tags=["项目"])
api.add_router("", reports.router, tags=["期次"])
patterns, app_name, namespace = api.urls
# its own view of the root answers as a page would
patterns = [path("", unknown, name="api-root"), *patterns]
urls = ([*patterns, path("<path:rest>", unknown, name="unknown")], app_name, namespace)
