"""The addresses of the customer's page: all below one token."""

from django.urls import path, re_path

from . import door, views

urlpatterns = [
    path("c/<str:token>/", views.page, name="customer"),
    path("c/<str:token>/do/<slug:act>/", views.act, name="customer-act"),
    path("c/<str:token>/photos/", views.photos, name="customer-photos"),
    path("c/<str:token>/carrier/", views.carrier, name="customer-carrier"),
    path("c/<str:token>/evidence/<int:pk>/", views.evidence, name="customer-evidence"),
    re_path("^c/", door.elsewhere),
]
