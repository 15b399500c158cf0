"""The addresses at which shops' platforms speak, one per shop, and their courier services; whoever leaves the slash
out is not sent round."""

from django.urls import path

from orders.couriers.services import COURIERS

from . import pushes
from .views import receive

urlpatterns = [path("hooks/<str:shop>/", receive, name="hook"), path("hooks/<str:shop>", receive)]
for _service in COURIERS:
    urlpatterns += [
        path(f"hooks/<str:shop>/{_service}{slash}", pushes.receive, {"service": _service}) for slash in ("/", "")
    ]
