"""Addresses of the application: sign-in, the screens, and the interface for programs."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("ratable.web.urls")),
]
