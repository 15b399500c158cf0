"""The admin as the desk: Django's app, on our site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "kefu.site.Desk"
