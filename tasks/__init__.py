"""Celery workers that carry out what is already committed."""
