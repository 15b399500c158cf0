"""Which content a page may load: a strict Content-Security-Policy (Django 5.2 has none of its own)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # blob: the preview of a photo before it is uploaded
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: every answer carries the one policy; no view loosens it. One that a view has set stands beside it: of
    two policies a browser keeps both."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        further = response.headers.get("Content-Security-Policy")
        response.headers["Content-Security-Policy"] = f"{POLICY}, {further}" if further else POLICY
        return response

    return respond
