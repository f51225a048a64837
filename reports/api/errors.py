"""What goes wrong, as JSON in Chinese: {"error": {"code": …, "message": …}}."""

import logging

from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, Throttled
from ninja.errors import ValidationError as BadParameters

log = logging.getLogger(__name__)


def refusal(status: int, code: str, message: str) -> JsonResponse:
    """Return one error as other systems read it."""
    told = {"error": {"code": code, "message": str(message)}}
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


def unknown(request, rest: str = "") -> JsonResponse:
    """Answer an address below /api/v1/ that is none."""
    return refusal(404, "not_found", _("没有这个地址，请对照接口说明"))


def answer_errors(api) -> None:
    """Let an API answer everything that goes wrong in its own way."""
    handlers = {
        AuthenticationError: lambda request, error: _unauthorized(),
        Throttled: lambda request, error: _throttled(error),
        HttpError: lambda request, error: refusal(error.status_code, "refused", error),
        Http404: lambda request, error: refusal(404, "not_found", _("没有这条记录，或令牌所属的账号无权查看")),
        BadParameters: lambda request, error: refusal(422, "bad_parameters", _told(error)),
        ValidationError: lambda request, error: refusal(422, "bad_parameters", "；".join(error.messages)),
        Exception: _failed,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _unauthorized():
    response = refusal(401, "unauthorized", _("缺少令牌，或令牌无效、已停用、已到期"))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _throttled(error):
    response = refusal(429, "too_many_requests", _("请求过于频繁，请一分钟后再试"))
    response["Retry-After"] = str(int(error.wait or 60))
    return response


def _told(error):
    names = "、".join(dict.fromkeys(str(row["loc"][-1]) for row in error.errors))
    return _("参数 %s 的值不能用，请对照接口说明") % names


def _failed(request, error):
    log.exception("the API failed at %s", request.path, exc_info=error)
    return refusal(500, "failed", _("系统出错，请稍后再试；再次出错请联系系统管理员"))
