"""One table from the error family to HTTP, and the two shapes an error takes on the wire."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from geo.errors import (
    AirelibError,
    BadKey,
    BatchTooLarge,
    Conflict,
    InvalidInput,
    InvalidSettings,
    NotAllowed,
    NotFound,
    Unavailable,
)

CDS_PREFIX = "/cds/"
"""Routes under it answer with the CDS error object."""

OGC_PREFIX = "/ogc/"
"""Problem documents under it are exceptions of OGC API - Features too: they carry ``description`` beside ``code``."""
CDS_JSON = "application/vnd.cds+json;version=1.1"
"""Media type of CDS answers, errors among them."""

PROBLEM_JSON = "application/problem+json"
"""Media type of RFC 9457."""

RETRY_AFTER_S = 5
"""Seconds after which a request that met a busy database is worth another try."""


METHOD_NOT_ALLOWED = 405

BAD_REQUEST = 400
"""Status of a malformed request on CDS routes: CDS knows no 422."""


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
"""Schema of a problem document (RFC 9457) with our code."""

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem document (RFC 9457).",
        "content": {PROBLEM_JSON: {"schema": PROBLEM}},
    }
}
"""What the published OpenAPI says of errors, where a route says nothing else."""


class NotAcceptable(InvalidInput):
    """The request asks for a CDS version that is not served."""

    code = "not_acceptable"


class UnsupportedMediaType(InvalidInput):
    """The body is of a media type that is not read."""

    code = "unsupported_media_type"


class InvalidPeriod(InvalidInput):
    """A period is not made of slots, is empty, or is too long."""

    code = "invalid_period"


class InvalidRequest(InvalidInput):
    """A parameter or the body of a request is missing or malformed."""

    code = "invalid_request"


class NotServed(AirelibError):
    """A part of a standard that this service leaves out."""

    code = "not_served"


STATUS: dict[type[AirelibError], int] = {
    InvalidInput: 400,
    InvalidRequest: 422,
    InvalidSettings: 500,
    BatchTooLarge: 413,
    NotAcceptable: 406,
    UnsupportedMediaType: 415,
    NotFound: 404,
    Conflict: 409,
    NotAllowed: 403,
    BadKey: 401,
    Unavailable: 503,
    NotServed: 501,
    AirelibError: 500,
}
"""The one table; a class stands for its subclasses unless they have a line of their own."""


def status_of(error: type[AirelibError]) -> int:
    """Return the HTTP status of an error class, by its nearest ancestor in the table."""
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer a failure of the family as a problem document or, on CDS routes, a CDS error object."""
    if not isinstance(error, AirelibError):
        raise TypeError(f"{type(error).__name__} is not of the family") from error
    return _answer(request, status_of(type(error)), error.code, str(error))


def answer_invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer a malformed parameter or body, with a pointer to each fault."""
    if not isinstance(error, RequestValidationError):
        raise TypeError(f"{type(error).__name__} is no validation error") from error
    faults = [
        {"pointer": "/" + "/".join(map(str, fault["loc"])), "detail": str(fault["msg"])}
        for fault in error.errors()
    ]
    detail = "; ".join(f"{fault['pointer']}: {fault['detail']}" for fault in faults)
    said = f"the request is malformed: {detail}"
    status = BAD_REQUEST if _is_cds(request) else status_of(InvalidRequest)
    return _answer(request, status, InvalidRequest.code, said, faults)


def answer_http(request: Request, error: Exception) -> JSONResponse:
    """Answer a routing failure (no such path, wrong method) in the same shapes."""
    if not isinstance(error, HTTPException):
        raise TypeError(f"{type(error).__name__} is no HTTP error") from error
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    answer = _answer(
        request, error.status_code, code, f"{request.method} {request.url.path}: {error.detail}"
    )
    answer.headers.update(error.headers or {})
    allowed = _allowed(request) if error.status_code == METHOD_NOT_ALLOWED else ""
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _allowed(request: Request) -> str:
    """Return the methods of all documented routes of a path; one route alone knows only its own (RFC 9110, 15.5.6)."""
    paths = request.app.openapi()["paths"]
    mine = [paths[form] for form in paths if compile_path(form)[0].match(request.url.path)]
    found = {method.upper() for operations in mine for method in operations}
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))


def answer_unexpected(request: Request) -> JSONResponse:
    """Answer an error nobody foresaw, without its details; the log has them."""
    return _answer(
        request,
        500,
        "internal_error",
        "the service met an error it did not expect; it is in its log",
    )


def _answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    faults: list[dict[str, str]] | None = None,
) -> JSONResponse:
    if _is_cds(request):
        content = _cds_error(code, detail, faults)
        return JSONResponse(content, status, _headers(status), media_type=CDS_JSON)
    content = _problem(request, status, code, detail)
    if f"{request.url.path}/".startswith(OGC_PREFIX):
        content["description"] = detail
    if faults:
        content["errors"] = faults
    return JSONResponse(content, status, _headers(status), media_type=PROBLEM_JSON)


def _is_cds(request: Request) -> bool:
    return request.url.path.startswith(CDS_PREFIX)


def _problem(request: Request, status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:airelib:error:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
    }


def _cds_error(code: str, detail: str, faults: list[dict[str, str]] | None) -> dict[str, Any]:
    details = [f"{fault['pointer']}: {fault['detail']}" for fault in faults or []]
    return {"error": code, "error_description": detail, "error_details": details}


def _headers(status: int) -> dict[str, str]:
    extra = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": str(RETRY_AFTER_S)}}
    return {"Cache-Control": "no-store", **extra.get(status, {})}
