"""Addresses of the application: sign-in, the screens, and the interface for programs."""

from django.urls import include, path, re_path

from ratable.api import application, problems

handler400 = "ratable.server.pages.bad_request"
handler403 = "ratable.server.pages.forbidden"
handler404 = "ratable.server.pages.not_found"
handler500 = "ratable.server.pages.broken"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/openapi.json", application.openapi),
    path("api/v1/", application.api.urls),
    re_path(r"^api(?:/|$)", problems.nowhere),
    path("", include("ratable.web.urls")),
]
