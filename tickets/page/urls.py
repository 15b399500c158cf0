"""The address of the page of a rating, below the customer's."""

from django.urls import path

from . import views

urlpatterns = [path("c/rate/<str:token>/", views.rating, name="customer-rating")]
