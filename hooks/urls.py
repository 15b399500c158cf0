"""The addresses at which shops' platforms speak, one per shop; whoever leaves the slash out is not sent round."""

from django.urls import path

from .views import receive

urlpatterns = [path("hooks/<str:shop>/", receive, name="hook"), path("hooks/<str:shop>", receive)]
