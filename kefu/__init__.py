"""The project: settings, urls, celery, wsgi, pages of the workbench; wires everything, decides nothing (floor 7)."""

from kefu.celery import app as celery_app

__all__ = ["celery_app"]
__version__ = "0.1.0"
